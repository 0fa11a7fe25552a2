"""Bringing a database to the schema's head, or back."""

import io
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from adapters.postgres.dsn import for_sqlalchemy

_ONE_AT_A_TIME = 0x636F776F726B  # "cowork"
"""The advisory lock that a migration holds, so that two that start together take turns."""

LOCK_SECONDS = 5
"""How long a migration waits for a lock before it fails as a whole, to be tried again."""


def alembic_config() -> Config:
    """Alembic's configuration, without a file: the scripts lie beside this module."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


async def upgrade(dsn: str, revision: str = "head") -> None:
    """Migrate up to the revision, in one transaction."""
    await _run(dsn, lambda config: command.upgrade(config, revision))


async def downgrade(dsn: str, revision: str = "base") -> None:
    """Migrate down to the revision, in one transaction."""
    await _run(dsn, lambda config: command.downgrade(config, revision))


def upgrade_sql(revisions: str = "head") -> str:
    """The SQL that makes the schema, all of it or from one revision to another (`0007:head`)."""
    output = io.StringIO()
    config = alembic_config()
    config.output_buffer = output
    command.upgrade(config, revisions, sql=True)
    return output.getvalue()


async def _run(dsn: str, migrate: Callable[[Config], None]) -> None:
    def run(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        # Whoever waits for a table has everybody after it wait as well; so better try again later.
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
        config = alembic_config()
        config.attributes["connection"] = connection
        migrate(config)

    engine = create_async_engine(for_sqlalchemy(dsn))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()
