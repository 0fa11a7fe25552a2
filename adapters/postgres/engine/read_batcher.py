"""Together: what many ask in the same moment is read by one statement."""

import asyncio
from collections.abc import Mapping
from typing import Any, TypeAlias

import asyncpg

from adapters.postgres.engine.pool import ConnectionPool
from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import Statement
from adapters.postgres.engine.statement_counter import count_statement

MAX_BATCH = 16
"""So that nobody waits for very many others, and few texts are to be planned."""
_Answer: TypeAlias = "asyncio.Future[asyncpg.Record | None]"
_Asked: TypeAlias = tuple[Mapping[str, Any], _Answer]


class ReadBatcher:
    """Reads one row for each who asks.

    A statement costs the same few system calls for one as for ten, and those are most of what a
    short one takes (ADR 12). So all who ask the same in one turn of the event loop, each with
    values of their own, get their rows from one statement; who asks alone waits for nobody. What
    was committed before somebody asked is seen.
    """

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections
        self._asked: dict[Statement, list[_Asked]] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def row(self, statement: Statement, values: Mapping[str, Any]) -> asyncpg.Record | None:
        """The row that the statement gives, or None. Raises Unavailable."""
        loop = asyncio.get_running_loop()
        asked = self._asked.get(statement)
        if asked is None:
            asked = self._asked[statement] = []
            # In the context of whoever asks first, who is thus the one that it is counted for.
            loop.call_soon(self._begin, statement)
        else:
            count_statement()
        answer: _Answer = loop.create_future()
        asked.append((values, answer))
        return await answer

    def _begin(self, statement: Statement) -> None:
        asked = self._asked.pop(statement)
        for first in range(0, len(asked), MAX_BATCH):
            answering = self._answer(statement, asked[first : first + MAX_BATCH])
            task = asyncio.get_running_loop().create_task(answering)
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _answer(self, statement: Statement, asked: list[_Asked]) -> None:
        try:
            rows = await self._rows(statement, [values for values, _ in asked])
        except BaseException as error:
            for _, answer in asked:
                # Who has gone meanwhile has cancelled theirs.
                if not answer.done():
                    answer.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for place, (_, answer) in enumerate(asked, start=1):
            if not answer.done():
                answer.set_result(rows.get(place))

    async def _rows(
        self, statement: Statement, asked: list[Mapping[str, Any]]
    ) -> dict[int, asyncpg.Record | None]:
        async with PostgresSession(self._connections) as connection:
            if len(asked) == 1:
                return {1: await connection.row(statement, **asked[0])}
            rows = await connection.rows_batched(statement, asked)
            return {row["place"]: row for row in rows}
