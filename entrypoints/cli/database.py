"""The database of a command: the one that is set, or the embedded one in the data directory."""

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
        help="Where the embedded PostgreSQL keeps its data, unless DATABASE_URL is set.",
    ),
]
DEFAULT_DATA_DIR = Path(".cowork")


@contextmanager
def database_at_head(settings: Settings, data_dir: Path) -> Iterator[str]:
    """The address of a database whose schema is at head, for as long as the block lasts.

    The embedded one is started or shared, kept running, and migrated; another one is only looked
    at. Raises CommandError when that one cannot be reached or has another schema.
    """
    if settings.database_url is not None:
        asyncio.run(_check_schema(settings.database_url))
        yield settings.database_url
        return
    with embedded(data_dir) as dsn:
        asyncio.run(_bring_to_head(dsn))
        yield dsn


@contextmanager
def any_database(settings: Settings, data_dir: Path) -> Iterator[str]:
    """The address of the database, whatever its schema."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with embedded(data_dir) as dsn:
        yield dsn


@contextmanager
def embedded(data_dir: Path) -> Iterator[str]:
    """The embedded PostgreSQL, watched from a thread and started again should it die."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(EmbeddedPostgres(data_dir)) as server,
    ):
        watch = portal.start_task_soon(server.supervise)
        try:
            yield server.dsn
        finally:
            watch.cancel()


async def _bring_to_head(dsn: str) -> None:
    if await schema_revision(dsn) != head_revision():
        # Loading Alembic takes as long as half of a start that has nothing to migrate.
        from migrations.runner import upgrade  # noqa: PLC0415

        await upgrade(dsn)


async def _check_schema(dsn: str) -> None:
    try:
        present = await schema_revision(dsn)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise CommandError(f"The database cannot be reached: {error}") from error
    if present != head_revision():
        raise CommandError(
            f"The schema is at revision {present or 'none'} and should be at {head_revision()}: "
            "run 'cowork migrate' first."
        )
