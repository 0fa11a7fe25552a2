"""ConnectionPool: connections that are passed from one unit of work to the next."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Protocol, TypeAlias

import asyncpg

from adapters.postgres.engine.statement_counter import count_statement

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
_Waiter: TypeAlias = "asyncio.Future[Connection | None]"
"""Resolves to a connection, or to None: the right to open one."""

ACQUIRE_TIMEOUT_SECONDS = 3
RETURN_TIMEOUT_SECONDS = 3
"""Time for an abandoned statement to end; after it, its connection is closed."""
_ABANDON_WAIT_SECONDS = 0.1
"""How long `release` waits for an abandoned statement, so that it has usually ended by then."""
_FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class PoolUsage:
    """The number of connections in use, the maximum, and the number of waiting callers."""

    in_use: int
    size: int
    waiting: int


class ConnectionSource(Protocol):
    """Lends connections.

    `response_timeout` limits the wait for each response, in seconds. None means the pool's limit,
    which is meant for long statements.
    """

    @property
    def response_timeout(self) -> float | None: ...

    async def acquire(self, within: float | None = None) -> Connection:
        """Return a connection for exclusive use until it is released."""
        ...

    async def release(self, connection: Connection, *, is_healthy: bool = True) -> None:
        """Return the connection."""
        ...


class ConnectionPool:
    """Up to `size` connections of an asyncpg pool, reused without returning to it.

    Each return to asyncpg's pool takes a task, two timeouts and a turn of the event loop: half the
    cost of a short statement (ADR 12). So asyncpg's pool only opens connections, and takes back
    those that are closed or that may have a statement in progress.
    """

    def __init__(self, pool: Pool, size: int, *, response_timeout: float | None = None) -> None:
        self.response_timeout = response_timeout
        self._pool = pool
        # None stands for a connection that is not open yet. Taken from the right, so that few
        # connections are in use.
        self._free: deque[Connection | None] = deque([None] * size)
        self._waiters: deque[_Waiter] = deque()
        self._size = size
        self._is_closing = False
        self._returning: set[asyncio.Task[None]] = set()

    def usage(self) -> PoolUsage:
        """Return how many connections are in use now."""
        waiting = sum(not waiter.done() for waiter in self._waiters)
        return PoolUsage(self._size - len(self._free), self._size, waiting)

    async def acquire(self, within: float | None = None) -> Connection:
        """Return a connection for exclusive use until it is released, first come, first served.

        Waits up to `within` seconds, `ACQUIRE_TIMEOUT_SECONDS` by default. Raises TimeoutError, and
        asyncpg's errors when it cannot connect.
        """
        within = ACQUIRE_TIMEOUT_SECONDS if within is None else within
        started_at = monotonic()
        connection = self._free.pop() if self._free else await self._wait(within)
        if connection is not None and is_open(connection):
            return connection
        try:
            if connection is not None:
                await self._pool.release(connection)
            return await self._pool.acquire(timeout=started_at + within - monotonic())
        except BaseException:
            self._pass_on(None)
            raise

    async def release(self, connection: Connection, *, is_healthy: bool = True) -> None:
        """Pass the connection to the next waiter, or keep it.

        An unhealthy connection may still have a statement in progress. It is cancelled, and this
        waits only as long as that usually takes: the network may drop the cancel request too.
        """
        if is_healthy and not self._is_closing and is_open(connection):
            self._pass_on(connection)
            return
        returning = asyncio.create_task(self._return_to_asyncpg(connection))
        self._returning.add(returning)
        returning.add_done_callback(self._returning.discard)
        if is_healthy:
            await asyncio.shield(returning)
        else:
            await asyncio.wait({returning}, timeout=_ABANDON_WAIT_SECONDS)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection to a block."""
        count_statement()
        connection = await self.acquire()
        is_healthy = False
        try:
            yield connection
            is_healthy = True
        finally:
            await self.release(connection, is_healthy=is_healthy)

    async def close(self) -> None:
        """Close all connections, waiting for those in use."""
        self._is_closing = True
        for connection in self._free:
            if connection is not None:
                await self._pool.release(connection)
        await asyncio.gather(*self._returning)
        await self._pool.close()

    async def _return_to_asyncpg(self, connection: Connection) -> None:
        try:
            # asyncpg's pool terminates a connection that it fails to take back.
            with suppress(*_FAILURES):
                try:
                    if is_open(connection) and connection.is_in_transaction():
                        await connection.execute("ROLLBACK", timeout=RETURN_TIMEOUT_SECONDS)
                except _FAILURES:
                    connection.terminate()
                await self._pool.release(connection, timeout=RETURN_TIMEOUT_SECONDS)
        finally:
            self._pass_on(None)

    async def _wait(self, within: float) -> "Connection | None":
        waiter: _Waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(within):
                return await waiter
        except BaseException:
            # The connection may have arrived just when this wait ended.
            if waiter.done() and not waiter.cancelled():
                self._pass_on(waiter.result())
            raise

    def _pass_on(self, connection: "Connection | None") -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        if connection is None:
            self._free.appendleft(None)
        else:
            self._free.append(connection)


def is_open(connection: Connection) -> bool:
    """Return whether the connection can be used.

    asyncpg's pool takes a closed one back immediately, and then every use raises InterfaceError.
    """
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        return False
