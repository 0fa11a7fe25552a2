"""PostgresSession: the one connection of a unit of work, and the writes noted on it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import Any, Protocol, Self, TypeAlias

import asyncpg

from adapters.postgres.engine.errors import translate_errors
from adapters.postgres.engine.pool import Connection, ConnectionSource, is_open
from adapters.postgres.engine.statement import PARAMETER, Statement
from adapters.postgres.engine.statement_counter import count_statement
from application.ports.unit_of_work import Unavailable

_Write: TypeAlias = tuple[Statement, Mapping[str, Any], int | None]
"""A statement, its values, and how many rows it has to write, if that matters."""

MAX_WRITES_PER_STATEMENT = 16


@dataclass(frozen=True, slots=True)
class Transaction:
    """How a transaction is begun and ended. If it is `needed`, nothing is done without one."""

    begin: str
    commit: str
    undo: str
    needed: bool


OF_ITS_OWN = Transaction("BEGIN", "COMMIT", "ROLLBACK", needed=False)


class RowReader(Protocol):
    """Reads a row for each of those who ask at about the same time; see `Together`."""

    async def row(self, statement: Statement, values: Mapping[str, Any]) -> asyncpg.Record | None:
        """The row that the statement gives, or None."""
        ...


class PostgresSession:
    """Reads at once, notes writes, and sends them together.

    Takes a connection of the pool with the first statement. There is no open transaction before a
    lock is taken: under READ COMMITTED each statement sees what is committed when it begins, with
    or without one. All noted writes go as a single statement, which is a transaction in itself; so
    nothing can be half done, and a caller who hangs up leaves no transaction open.

    A connection and the first answer on it have to come within the lender's patience together, and
    so does each answer after that; else this raises Unavailable, and whether the writes were done
    is not known when it was theirs.
    """

    def __init__(
        self,
        connections: ConnectionSource,
        transaction: Transaction = OF_ITS_OWN,
        together: RowReader | None = None,
    ) -> None:
        self._connections = connections
        self._together = together
        self._connection: Connection | None = None
        self._transaction = transaction
        self._in_transaction = False
        self._is_lost = False
        self._is_healthy = True
        self._give_up_at: float | None = None
        self._writes: list[_Write] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.release()

    async def rows(self, statement: Statement, **values: Any) -> Sequence[asyncpg.Record]:
        """All rows that the statement gives."""
        with self._translate_connection_errors():
            connection = await self._acquire()
            arguments = statement.arguments(values)
            return await connection.fetch(statement.sql, *arguments, timeout=self._left())

    async def row(self, statement: Statement, **values: Any) -> asyncpg.Record | None:
        """The first row that the statement gives, or None."""
        with self._translate_connection_errors():
            connection = await self._acquire()
            arguments = statement.arguments(values)
            return await connection.fetchrow(statement.sql, *arguments, timeout=self._left())

    async def row_batched(self, statement: Statement, **values: Any) -> asyncpg.Record | None:
        """As `row`, read together with what others ask, unless there is a connection already."""
        if self._together is None or self._connection is not None:
            return await self.row(statement, **values)
        return await self._together.row(statement, values)

    async def rows_batched(
        self, statement: Statement, many: Sequence[Mapping[str, Any]]
    ) -> Sequence[asyncpg.Record]:
        """The rows for each of many sets of values; see `Statement.for_each`."""
        with self._translate_connection_errors():
            connection = await self._acquire()
            sql, arguments = statement.for_each(many)
            return await connection.fetch(sql, *arguments, timeout=self._left())

    async def lock(self, statement: Statement, **values: Any) -> None:
        """Run a statement that locks, in a transaction that lasts as long as the unit of work."""
        with self._translate_connection_errors():
            connection = await self._acquire()
            await self._begin(connection)
            arguments = statement.arguments(values)
            await connection.fetch(statement.sql, *arguments, timeout=self._left())

    def write(
        self, statement: Statement, values: Mapping[str, Any], *, rows: int | None = 1
    ) -> None:
        """Note a statement that must write so many rows, and return ONE for each.

        With None it is as well when it writes none.
        """
        self._writes.append((statement, values, rows))

    async def commit(self) -> None:
        """Send the noted writes, all or nothing; raises Stale when one of them met no row."""
        writes, self._writes = self._writes, []
        with self._translate_connection_errors():
            if len(writes) > MAX_WRITES_PER_STATEMENT:
                await self._begin(await self._acquire())
            for first in range(0, len(writes), MAX_WRITES_PER_STATEMENT):
                await self._send(writes[first : first + MAX_WRITES_PER_STATEMENT])
            if self._in_transaction:
                connection = await self._acquire()
                await connection.execute(self._transaction.commit, timeout=self._left())
                self._in_transaction = False

    async def release(self) -> None:
        """Give the connection back, with nothing left on it."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            # Without an answer to the last statement there may be none to this: then the lender
            # sees to it, unless the transaction is somebody else's.
            is_needed = self._in_transaction and (self._is_healthy or self._transaction.needed)
            if is_needed and is_open(connection):
                self._begin_to_wait()
                with translate_errors():
                    await connection.execute(self._transaction.undo, timeout=self._left())
        except BaseException:
            # A connection that cannot even roll back is of no use to anybody else.
            connection.terminate()
            raise
        finally:
            await self._connections.release(connection, is_healthy=self._is_healthy)

    @contextmanager
    def _translate_connection_errors(self) -> Iterator[None]:
        """Translate failures; and drop a connection that its server has ended while it was idle.

        asyncpg tells of that by an error of its own as long as it has read the server's last words
        but not the end of the connection.
        """
        answered = False
        self._begin_to_wait()
        try:
            with translate_errors():
                try:
                    yield
                    answered = True
                except asyncpg.PostgresError:
                    answered = True
                    raise
        except asyncpg.InternalClientError as error:
            self._is_lost = True
            if self._connection is not None and is_open(self._connection):
                self._connection.terminate()
            raise Unavailable("The database ended the connection.") from error
        finally:
            self._is_healthy &= answered

    async def _acquire(self) -> Connection:
        count_statement()
        if self._is_lost:
            raise Unavailable("The connection was lost, and its locks with it.")
        if self._connection is None:
            self._connection = await self._connections.acquire(self._left())
        if self._transaction.needed:
            await self._begin(self._connection)
        return self._connection

    async def _begin(self, connection: Connection) -> None:
        if not self._in_transaction:
            self._in_transaction = True
            await connection.execute(self._transaction.begin, timeout=self._left())

    async def _send(self, writes: Sequence[_Write]) -> None:
        connection = await self._acquire()
        arguments: list[Any] = []
        for statement, values, _ in writes:
            arguments += statement.arguments(values)
        sql = _all_or_nothing(
            tuple((statement.sql, rows is not None) for statement, _, rows in writes)
        )
        written = sum(rows or 0 for _, _, rows in writes)
        await connection.fetch(sql, *arguments, written, timeout=self._left())
        self._begin_to_wait()

    def _begin_to_wait(self) -> None:
        response_timeout = self._connections.response_timeout
        self._give_up_at = None if response_timeout is None else monotonic() + response_timeout

    def _left(self) -> float | None:
        """How long an answer may take that is waited for now; None for what the pool allows."""
        return None if self._give_up_at is None else max(self._give_up_at - monotonic(), 0.001)


@lru_cache(maxsize=500)
def _all_or_nothing(writes: tuple[tuple[str, bool], ...]) -> str:
    """One statement that does all of the writes, and fails unless they wrote all their rows.

    How many rows that are is its last parameter; a write that does not count comes with False.
    """
    parts, counts = [], ["0"]
    offset = 0
    for index, (sql, is_counted) in enumerate(writes):
        parts.append(f"w{index} AS ({_shift_parameters(sql, offset)})")
        offset += len(set(PARAMETER.findall(sql)))
        if is_counted:
            # Nothing but numbers is put into the text.
            counts.append(f"(SELECT count(*) FROM w{index})")  # noqa: S608
    written = f"require_written(${offset + 1}, {' + '.join(counts)})"
    return f"WITH {', '.join(parts)} SELECT {written}"


def _shift_parameters(sql: str, offset: int) -> str:
    return PARAMETER.sub(lambda match: f"${int(match[1]) + offset}", sql)
