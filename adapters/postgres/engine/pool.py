"""Connections: the database's connections, lent to one unit of work after the other."""

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
Turn: TypeAlias = "asyncio.Future[Connection | None]"
"""What somebody waits for: a connection, or the right to open one."""

ACQUIRE_TIMEOUT_SECONDS = 3
RETURN_TIMEOUT_SECONDS = 3
"""How long a statement that nobody wants any more may take to end before its connection does."""
SETTLING_SECONDS = 0.1
"""How long those are kept who gave it up, so that as a rule its end is known when they go on."""
_FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class PoolUsage:
    """How many connections are in use and how many may be, and how many wait for one."""

    in_use: int
    size: int
    waiting: int


class ConnectionSource(Protocol):
    """What a unit of work borrows its connection from, and for how long it waits for an answer.

    `patience` is in seconds; with None it is the pool's own, which is meant for long statements.
    """

    @property
    def response_timeout(self) -> float | None: ...

    async def acquire(self, within: float | None = None) -> Connection:
        """A connection of one's own until it is released."""
        ...

    async def release(self, connection: Connection, *, is_healthy: bool = True) -> None:
        """Give it back."""
        ...


class ConnectionPool:
    """All the connections of a pool, at most `size`, lent out again without going back to it.

    Each return to asyncpg's pool takes a task, two time-outs and a turn of the event loop: half of
    what a short statement costs (ADR 12). So it only opens connections here, and takes back those
    that are closed or that nobody should get as they are.
    """

    def __init__(self, pool: Pool, size: int, *, response_timeout: float | None = None) -> None:
        self.response_timeout = response_timeout
        self._pool = pool
        # None stands for a connection that may still be opened. Taken from the right, so that as
        # few as possible are in use.
        self._free: deque[Connection | None] = deque([None] * size)
        self._waiting: deque[Turn] = deque()
        self._size = size
        self._is_closing = False
        self._returning: set[asyncio.Task[None]] = set()

    def usage(self) -> PoolUsage:
        """How they are used at the moment."""
        waiting = sum(not turn.done() for turn in self._waiting)
        return PoolUsage(self._size - len(self._free), self._size, waiting)

    async def acquire(self, within: float | None = None) -> Connection:
        """A connection of one's own until it is released; those who wait get theirs in turn.

        Raises TimeoutError, and what asyncpg raises when it cannot connect.
        """
        within = ACQUIRE_TIMEOUT_SECONDS if within is None else within
        asked_at = monotonic()
        connection = self._free.pop() if self._free else await self._turn(within)
        if connection is not None and is_open(connection):
            return connection
        try:
            if connection is not None:
                await self._pool.release(connection)
            return await self._pool.acquire(timeout=asked_at + within - monotonic())
        except BaseException:
            self._pass_on(None)
            raise

    async def release(self, connection: Connection, *, is_healthy: bool = True) -> None:
        """Give it to the next one.

        One that is not sound may have a statement under way still. That is told to end, which is
        waited for only as long as it usually takes: the network may have swallowed that word too.
        """
        if is_healthy and not self._is_closing and is_open(connection):
            self._pass_on(connection)
            return
        returning = asyncio.create_task(self._give_back(connection))
        self._returning.add(returning)
        returning.add_done_callback(self._returning.discard)
        if is_healthy:
            await asyncio.shield(returning)
        else:
            await asyncio.wait({returning}, timeout=SETTLING_SECONDS)

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Connection]:
        """A connection for the time of a block."""
        count_statement()
        connection = await self.acquire()
        is_healthy = False
        try:
            yield connection
            is_healthy = True
        finally:
            await self.release(connection, is_healthy=is_healthy)

    async def close(self) -> None:
        """Close them all, waiting for those in use."""
        self._is_closing = True
        for connection in self._free:
            if connection is not None:
                await self._pool.release(connection)
        await asyncio.gather(*self._returning)
        await self._pool.close()

    async def _give_back(self, connection: Connection) -> None:
        try:
            # The pool has ended a connection that it fails to take back.
            with suppress(*_FAILURES):
                try:
                    if is_open(connection) and connection.is_in_transaction():
                        await connection.execute("ROLLBACK", timeout=RETURN_TIMEOUT_SECONDS)
                except _FAILURES:
                    connection.terminate()
                await self._pool.release(connection, timeout=RETURN_TIMEOUT_SECONDS)
        finally:
            self._pass_on(None)

    async def _turn(self, within: float) -> "Connection | None":
        turn: Turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(within):
                return await turn
        except BaseException:
            # It may have come just when nobody wanted it any more.
            if turn.done() and not turn.cancelled():
                self._pass_on(turn.result())
            raise

    def _pass_on(self, connection: "Connection | None") -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        if connection is None:
            self._free.appendleft(None)
        else:
            self._free.append(connection)


def is_open(connection: Connection) -> bool:
    """Whether it can be used; asyncpg's pool has taken a closed one back at once."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        return False
