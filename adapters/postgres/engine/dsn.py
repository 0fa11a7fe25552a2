"""Database URLs for asyncpg and for SQLAlchemy."""


def for_asyncpg(dsn: str) -> str:
    """Return the URL as `postgresql://…`; accepts `postgresql+asyncpg://…` too."""
    scheme, separator, rest = dsn.partition("://")
    return scheme.removesuffix("+asyncpg") + separator + rest


def for_sqlalchemy(dsn: str) -> str:
    """Return the URL as `postgresql+asyncpg://…`; accepts `postgresql://…` too."""
    scheme, separator, rest = for_asyncpg(dsn).partition("://")
    return f"{scheme}+asyncpg{separator}{rest}"
