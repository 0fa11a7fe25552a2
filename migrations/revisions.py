"""Which revision the schema is at, and should be at: all that a start needs to know.

Alembic, which could tell as well, takes longer to load than a service at head has to start.
"""

from pathlib import Path

import asyncpg

CONNECT_TIMEOUT_SECONDS = 5


def head_revision() -> str:
    """The revision that this version of the code works with: they are numbered, this is the last.

    Raises ValueError when there are none.
    """
    versions = Path(__file__).with_name("versions")
    return max(file.name.partition("_")[0] for file in versions.glob("[0-9]*_*.py"))


async def schema_revision(dsn: str) -> str | None:
    """The revision that the database is at; None for one that was never migrated.

    Raises what asyncpg does when the database cannot be reached.
    """
    connection = await asyncpg.connect(dsn, timeout=CONNECT_TIMEOUT_SECONDS)
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return revision
    finally:
        await connection.close()
