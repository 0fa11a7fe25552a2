"""`cowork migrate`: upgrades the schema of the database."""

import asyncio
import sys
from typing import Annotated

import asyncpg
import typer

from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir, any_database
from entrypoints.cli.errors import CommandError
from entrypoints.settings import load_settings
from migrations.revisions import head_revision
from migrations.runner import upgrade, upgrade_sql


def migrate(
    sql: Annotated[
        bool, typer.Option("--sql", help="Print the SQL instead of running it.")
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Upgrade the database schema to the latest revision."""
    if sql:
        sys.stdout.write(upgrade_sql())
        return
    with any_database(load_settings(), data_dir) as dsn:
        try:
            asyncio.run(upgrade(dsn))
        except (OSError, TimeoutError, asyncpg.InterfaceError) as error:
            raise CommandError(f"The database cannot be reached: {error}") from error
    sys.stdout.write(f"The schema is at revision {head_revision()}.\n")
