"""The database of a command: DATABASE_URL, else the embedded PostgreSQL in the data directory."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from anyio.from_thread import start_blocking_portal

from adapters.embedded import EmbeddedPostgres
from entrypoints.cli.errors import CommandError
from entrypoints.settings import Settings
from migrations.revisions import head_revision, schema_revision

DataDir = Annotated[
    Path,
    typer.Option(
        envvar="COWORK_DATA_DIR",
        help="Data directory of the embedded PostgreSQL, which is used unless DATABASE_URL is set.",
    ),
]
DEFAULT_DATA_DIR = Path(".cowork")


@contextmanager
def database_at_head(settings: Settings, data_dir: Path) -> Iterator[str]:
    """Yield the DSN of a database whose schema is at head.

    The embedded database runs until the end of the block, and is migrated. Another database is only
    checked. Raises CommandError if it cannot be reached or has another schema.
    """
    if settings.database_url is not None:
        asyncio.run(_check_schema(settings.database_url))
        yield settings.database_url
        return
    with embedded(data_dir) as dsn:
        asyncio.run(_upgrade_schema(dsn))
        yield dsn


@contextmanager
def any_database(settings: Settings, data_dir: Path) -> Iterator[str]:
    """Yield the DSN of the database, whatever its schema."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with embedded(data_dir) as dsn:
        yield dsn


@contextmanager
def embedded(data_dir: Path) -> Iterator[str]:
    """Yield the DSN of the embedded PostgreSQL. A thread restarts it whenever it dies."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(EmbeddedPostgres(data_dir)) as server,
    ):
        watch = portal.start_task_soon(server.supervise)
        try:
            yield server.dsn
        finally:
            watch.cancel()


async def _upgrade_schema(dsn: str) -> None:
    if await schema_revision(dsn) != head_revision():
        # Importing Alembic takes half as long as a start without migrations.
        from migrations.runner import upgrade  # noqa: PLC0415

        await upgrade(dsn)


async def _check_schema(dsn: str) -> None:
    try:
        revision = await schema_revision(dsn)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise CommandError(f"The database cannot be reached: {error}") from error
    if revision != head_revision():
        raise CommandError(
            f"The schema is at revision {revision or 'none'} and should be at {head_revision()}: "
            "run 'cowork migrate' first."
        )
