"""Databases whose connections stay open between the tests of a module.

Opening a connection and planning the service's statements on it takes longer than most tests.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from adapters.postgres import PostgresDatabase
from tests.databases import DELETE_EVERYTHING, TestServer

POOL_SIZE = 10
"""Fewer than the races have writers, so that some of them wait for a connection."""


class DatabasePool:
    """One database per server, opened on first use and closed with `stack`."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self._databases: dict[TestServer, PostgresDatabase] = {}

    @asynccontextmanager
    async def empty(self, server: TestServer) -> AsyncIterator[PostgresDatabase]:
        """Yield the empty database of that server. Fails when a connection is leaked."""
        database = self._databases.get(server) or await self._open(server)
        yield database
        await asyncio.gather(*database._connections._returning)
        if database.usage().in_use:
            del self._databases[server]
            raise AssertionError("A connection was not returned to the pool.")
        async with database._connections.connection() as connection:
            await connection.execute(DELETE_EVERYTHING)

    async def _open(self, server: TestServer) -> PostgresDatabase:
        dsn = self._stack.enter_context(server.empty_database())
        database = await PostgresDatabase.connect(dsn, pool_size=POOL_SIZE)
        self._stack.push_async_callback(database.close)
        self._databases[server] = database
        return database
