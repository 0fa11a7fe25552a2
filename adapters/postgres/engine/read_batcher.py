"""ReadBatcher: concurrent identical reads share one statement."""

import asyncio
from collections.abc import Mapping
from typing import Any, TypeAlias

import asyncpg

from adapters.postgres.engine.pool import ConnectionPool
from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import BATCH_POSITION, Statement
from adapters.postgres.engine.statement_counter import count_statement

MAX_BATCH = 16
"""Limits the wait for other reads, and the number of SQL texts to plan."""

_Result: TypeAlias = "asyncio.Future[asyncpg.Record | None]"
_Read: TypeAlias = tuple[Mapping[str, Any], _Result]
"""The parameters of a read, and the future of its row."""


class ReadBatcher:
    """Reads single rows, with one statement for all identical reads of a turn of the event loop.

    One statement costs the same few system calls for one row as for ten, and those are most of the
    cost of a short one (ADR 12). Each read has its own parameters. A read never waits for others:
    a single one is sent as it is. It sees everything committed before the call.
    """

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections
        self._pending: dict[Statement, list[_Read]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def row(self, statement: Statement, values: Mapping[str, Any]) -> asyncpg.Record | None:
        """Return the statement's first row, or None. Raises Unavailable."""
        loop = asyncio.get_running_loop()
        reads = self._pending.get(statement)
        if reads is None:
            reads = self._pending[statement] = []
            # Runs in the context of the first reader, so that its counter counts the statement.
            loop.call_soon(self._start, statement)
        else:
            count_statement()
        result: _Result = loop.create_future()
        reads.append((values, result))
        return await result

    def _start(self, statement: Statement) -> None:
        reads = self._pending.pop(statement)
        for first in range(0, len(reads), MAX_BATCH):
            batch = self._run(statement, reads[first : first + MAX_BATCH])
            task = asyncio.get_running_loop().create_task(batch)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, statement: Statement, reads: list[_Read]) -> None:
        try:
            rows = await self._rows(statement, [values for values, _ in reads])
        except BaseException as error:
            for _, result in reads:
                # A cancelled reader has cancelled its future.
                if not result.done():
                    result.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for position, (_, result) in enumerate(reads, start=1):
            if not result.done():
                result.set_result(rows.get(position))

    async def _rows(
        self, statement: Statement, parameters: list[Mapping[str, Any]]
    ) -> dict[int, asyncpg.Record | None]:
        async with PostgresSession(self._connections) as session:
            if len(parameters) == 1:
                return {1: await session.row(statement, **parameters[0])}
            rows = await session.rows_batched(statement, parameters)
            return {row[BATCH_POSITION]: row for row in rows}
