"""PostgresDatabase: a connection pool, and the ports on it."""

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
from adapters.postgres.schema.constraints import CONCURRENCY_CONSTRAINTS
from adapters.postgres.unit_of_work import PostgresUnitOfWork

CONNECT_TIMEOUT_SECONDS = 3
STATEMENT_TIMEOUT_SECONDS = 30

_PING = Statement(sa.select(AFFECTED_ROW))
_SESSION = {
    "application_name": "cowork-api",
    "timezone": "UTC",
    # Compiling a plan takes longer than running any of the statements.
    "jit": "off",
    "lock_timeout": "2s",
    "statement_timeout": f"{STATEMENT_TIMEOUT_SECONDS}s",
    "idle_in_transaction_session_timeout": "30s",
    # A firewall may drop idle connections, and the server keeps the locks of a dead client.
    "tcp_keepalives_idle": "60",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}


class PostgresDatabase:
    """PostgreSQL 15 or newer with its schema at head. A process has one, and closes it at the end.

    `rate_limit_store`, `reports`, `list_reader` and `session_lookup` implement the ports of those
    names.
    """

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections
        self._read_batcher = ReadBatcher(connections)
        self.rate_limit_store = PostgresRateLimitStore(connections)
        self.reports = PostgresReports(connections)
        self.list_reader = PostgresListReader(connections)
        self.session_lookup = PostgresSessionLookup(self._read_batcher)

    @classmethod
    async def connect(
        cls, dsn: str, *, pool_size: int, response_timeout: float | None = None
    ) -> Self:
        """Create the pool. Connections are opened on demand, up to `pool_size`.

        `response_timeout`, in seconds, limits the wait for each response in units of work, and for
        the first one in reports. Without it, and for later responses in reports, the limit is
        `STATEMENT_TIMEOUT_SECONDS`.

        Succeeds while the server is down: each use raises Unavailable until it is up.
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
            # A unit of work leaves no state on its connection, so asyncpg's reset on release would
            # be a round trip for nothing.
            reset=_leave_as_is,
        )
        return cls(ConnectionPool(pool, pool_size, response_timeout=response_timeout))

    def unit_of_work(self) -> PostgresUnitOfWork:
        """Return a unit of work, to be entered once. It acquires a connection when first needed."""
        session = PostgresSession(
            self._connections,
            read_batcher=self._read_batcher,
            concurrency_constraints=CONCURRENCY_CONSTRAINTS,
        )
        return PostgresUnitOfWork(session)

    def usage(self) -> PoolUsage:
        """Return how many connections are in use now."""
        return self._connections.usage()

    async def ping(self) -> None:
        """Run a trivial statement. Raises Unavailable."""
        async with PostgresSession(self._connections) as session:
            with translate_errors():
                async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                    await session.row(_PING)

    async def close(self) -> None:
        """Close all connections, waiting for those in use."""
        await self._connections.close()


async def _leave_as_is(_: object) -> None:
    return None
