"""PostgresDatabase: the pool of connections, and the units of work on it."""

import asyncio
from typing import Self

import asyncpg
import sqlalchemy as sa

from adapters.postgres.engine.dsn import for_asyncpg
from adapters.postgres.engine.errors import translate_errors
from adapters.postgres.engine.pool import ConnectionPool, PoolUsage
from adapters.postgres.engine.read_batcher import ReadBatcher
from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import AFFECTED_ROW, Statement
from adapters.postgres.read_models.list_reader import PostgresListReader
from adapters.postgres.read_models.reports import PostgresReports
from adapters.postgres.repositories.rate_limit_store import PostgresRateLimitStore
from adapters.postgres.repositories.session_lookup import PostgresSessionLookup
from adapters.postgres.unit_of_work import PostgresUnitOfWork

CONNECT_TIMEOUT_SECONDS = 3
STATEMENT_TIMEOUT_SECONDS = 30

_PING = Statement(sa.select(AFFECTED_ROW))
_SESSION = {
    "application_name": "cowork-api",
    "timezone": "UTC",
    # Compiling a plan costs more than any of our statements takes.
    "jit": "off",
    "lock_timeout": "2s",
    "statement_timeout": f"{STATEMENT_TIMEOUT_SECONDS}s",
    "idle_in_transaction_session_timeout": "30s",
    # What lies between may forget connections that are silent, and a dead client keeps its locks.
    "tcp_keepalives_idle": "60",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}


class PostgresDatabase:
    """A PostgreSQL, 15 or newer, whose schema is at head. One a process; close it at the end.

    `throttle`, `reports`, `documents` and `log_ins` are the ports of those names on it.
    """

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections
        self._together = ReadBatcher(connections)
        self.rate_limit_store = PostgresRateLimitStore(connections)
        self.reports = PostgresReports(connections)
        self.list_reader = PostgresListReader(connections)
        self.session_lookup = PostgresSessionLookup(self._together)

    @classmethod
    async def connect(
        cls, dsn: str, *, pool_size: int, response_timeout: float | None = None
    ) -> Self:
        """Make the pool. Connections are opened as they are needed, up to `pool_size`.

        Units of work wait for each answer for at most `patience` seconds, reports only for the
        first. Without it, and in reports after that, an answer may take as long as a statement.

        A server that is away makes no trouble here: each use raises Unavailable until it is back.
        """
        pool = await asyncpg.create_pool(
            for_asyncpg(dsn),
            min_size=0,
            max_size=pool_size,
            max_inactive_connection_lifetime=0,
            statement_cache_size=500,
            timeout=CONNECT_TIMEOUT_SECONDS,
            command_timeout=STATEMENT_TIMEOUT_SECONDS,
            server_settings=_SESSION,
            # A unit of work leaves nothing behind on its connection, so the usual extra round trip
            # on release would find nothing to reset.
            reset=_leave_as_is,
        )
        return cls(ConnectionPool(pool, pool_size, response_timeout=response_timeout))

    def unit_of_work(self) -> PostgresUnitOfWork:
        """A unit of work to be entered once; it takes a connection when it first needs one."""
        return PostgresUnitOfWork(PostgresSession(self._connections, together=self._together))

    def usage(self) -> PoolUsage:
        """How the pool is used at the moment."""
        return self._connections.usage()

    async def ping(self) -> None:
        """Ask the database for an answer; raises Unavailable."""
        async with PostgresSession(self._connections) as connection:
            with translate_errors():
                async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                    await connection.row(_PING)

    async def close(self) -> None:
        """Close the connections, waiting for those in use."""
        await self._connections.close()


async def _leave_as_is(_: object) -> None:
    return None
