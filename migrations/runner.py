"""Upgrades and downgrades the schema of a database."""

import io
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from adapters.postgres.engine.dsn import for_sqlalchemy

_MIGRATION_LOCK_ID = 0x636F776F726B  # "cowork"
"""The advisory lock that a migration holds, so that concurrent migrations run one by one."""

LOCK_TIMEOUT_SECONDS = 5
"""How long a migration waits for a table lock. After that it fails, and can be retried."""


def alembic_config() -> Config:
    """Return Alembic's configuration without a file: the scripts are next to this module."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


async def upgrade(dsn: str, revision: str = "head") -> None:
    """Upgrade to the revision, in one transaction."""
    await _run(dsn, lambda config: command.upgrade(config, revision))


async def downgrade(dsn: str, revision: str = "base") -> None:
    """Downgrade to the revision, in one transaction."""
    await _run(dsn, lambda config: command.downgrade(config, revision))


def upgrade_sql(revisions: str = "head") -> str:
    """Return the SQL of all migrations, or of a range such as `0007:head`."""
    output = io.StringIO()
    config = alembic_config()
    config.output_buffer = output
    command.upgrade(config, revisions, sql=True)
    return output.getvalue()


async def _run(dsn: str, migrate: Callable[[Config], None]) -> None:
    def run(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK_ID})
        # A migration that waits for a table lock blocks all later queries on that table.
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'"))
        config = alembic_config()
        config.attributes["connection"] = connection
        migrate(config)

    engine = create_async_engine(for_sqlalchemy(dsn))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()
