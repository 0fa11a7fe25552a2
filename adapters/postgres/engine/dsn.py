"""The two ways to write the address of a database."""


def for_asyncpg(dsn: str) -> str:
    """`postgresql+asyncpg://…`, as SQLAlchemy wants it, or `postgresql://…`: the latter."""
    scheme, separator, rest = dsn.partition("://")
    return scheme.removesuffix("+asyncpg") + separator + rest


def for_sqlalchemy(dsn: str) -> str:
    """The former."""
    scheme, separator, rest = for_asyncpg(dsn).partition("://")
    return f"{scheme}+asyncpg{separator}{rest}"
