"""The current and the expected revision of a schema, which a service checks at startup.

This does not use Alembic, because importing Alembic takes longer than the rest of a startup.
"""

from pathlib import Path

import asyncpg

CONNECT_TIMEOUT_SECONDS = 5


def head_revision() -> str:
    """Return the latest revision, which this version of the code requires.

    Raises ValueError if there are no revisions.
    """
    versions = Path(__file__).with_name("versions")
    return max(file.name.partition("_")[0] for file in versions.glob("[0-9]*_*.py"))


async def schema_revision(dsn: str) -> str | None:
    """Return the revision of the database, or None if it was never migrated.

    Raises asyncpg's exceptions and OSError if the database is unreachable.
    """
    connection = await asyncpg.connect(dsn, timeout=CONNECT_TIMEOUT_SECONDS)
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return revision
    finally:
        await connection.close()
