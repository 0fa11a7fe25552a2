"""Databases whose connections stay open from one test of a module to the next.

To open a connection, and to plan the service's statements on it, takes longer than most tests.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from adapters.postgres import PostgresDatabase
from tests.databases import DELETE_EVERYTHING, TestServer

POOL_SIZE = 10
"""Fewer connections than the races have writers, so that these wait for one another there too."""


class KeptDatabases:
    """A database on each server that is asked for, until `stack` is closed."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self._kept: dict[TestServer, PostgresDatabase] = {}

    @asynccontextmanager
    async def empty(self, server: TestServer) -> AsyncIterator[PostgresDatabase]:
        """The one on that server with no rows, for the time of the block."""
        database = self._kept.get(server) or await self._opened(server)
        yield database
        await asyncio.gather(*database._connections._returning)
        if database.usage().in_use:
            del self._kept[server]
            raise AssertionError("A connection was not given back.")
        async with database._connections.lent() as connection:
            await connection.execute(DELETE_EVERYTHING)

    async def _opened(self, server: TestServer) -> PostgresDatabase:
        dsn = self._stack.enter_context(server.empty_database())
        database = await PostgresDatabase.connect(dsn, pool_size=POOL_SIZE)
        self._stack.push_async_callback(database.close)
        self._kept[server] = database
        return database
