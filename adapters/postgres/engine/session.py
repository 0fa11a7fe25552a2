"""PostgresSession: the connection of a unit of work and its collected writes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
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
"""A statement, its parameters, and the number of rows that it must write; None for any."""

MAX_WRITES_PER_STATEMENT = 16


@dataclass(frozen=True, slots=True)
class Transaction:
    """The SQL that begins and ends a transaction. If `required`, every statement runs in one."""

    begin: str
    commit: str
    rollback: str
    required: bool


OWN_TRANSACTION = Transaction("BEGIN", "COMMIT", "ROLLBACK", required=False)


class RowReader(Protocol):
    """Reads single rows for several sessions at once; see `ReadBatcher`."""

    async def row(self, statement: Statement, values: Mapping[str, Any]) -> asyncpg.Record | None:
        """Return the statement's first row, or None."""
        ...


class PostgresSession:
    """Runs reads immediately, collects writes, and sends all writes in one statement.

    The first statement acquires a connection. No transaction is open before a lock is taken: under
    READ COMMITTED each statement sees what is committed when it begins, with or without one. The
    collected writes are one statement, which is a transaction in itself. So no commit is partial,
    and a cancelled caller leaves no transaction open (ADR 4).

    The source's `response_timeout` covers acquiring the connection together with its first
    response, and then each further response. After a timeout this raises Unavailable. If that was
    the response to the writes, it is unknown whether they were committed.

    Without `read_batcher`, `row_batched` is `row`. A violation of one of the
    `concurrency_constraints` raises `Stale`.
    """

    def __init__(
        self,
        connections: ConnectionSource,
        transaction: Transaction = OWN_TRANSACTION,
        *,
        read_batcher: RowReader | None = None,
        concurrency_constraints: Collection[str] = (),
    ) -> None:
        self._connections = connections
        self._concurrency_constraints = concurrency_constraints
        self._read_batcher = read_batcher
        self._connection: Connection | None = None
        self._transaction = transaction
        self._in_transaction = False
        self._is_lost = False
        self._is_healthy = True
        self._deadline: float | None = None
        self._writes: list[_Write] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.release()

    async def rows(self, statement: Statement, **values: Any) -> Sequence[asyncpg.Record]:
        """Return all rows of the statement."""
        with self._translate_connection_errors():
            connection = await self._acquire()
            arguments = statement.arguments(values)
            return await connection.fetch(statement.sql, *arguments, timeout=self._remaining())

    async def row(self, statement: Statement, **values: Any) -> asyncpg.Record | None:
        """Return the statement's first row, or None."""
        with self._translate_connection_errors():
            connection = await self._acquire()
            arguments = statement.arguments(values)
            return await connection.fetchrow(statement.sql, *arguments, timeout=self._remaining())

    async def row_batched(self, statement: Statement, **values: Any) -> asyncpg.Record | None:
        """Return the row as `row` does, sharing a statement with concurrent reads.

        A session that already has a connection, and so perhaps a lock, reads on its own.
        """
        if self._read_batcher is None or self._connection is not None:
            return await self.row(statement, **values)
        return await self._read_batcher.row(statement, values)

    async def rows_batched(
        self, statement: Statement, parameters: Sequence[Mapping[str, Any]]
    ) -> Sequence[asyncpg.Record]:
        """Return the rows of the statement for each set of parameters; see `Statement.batched`."""
        with self._translate_connection_errors():
            connection = await self._acquire()
            sql, arguments = statement.batched(parameters)
            return await connection.fetch(sql, *arguments, timeout=self._remaining())

    async def lock(self, statement: Statement, **values: Any) -> None:
        """Run a locking statement, in a transaction that lasts until the commit or the release."""
        with self._translate_connection_errors():
            connection = await self._acquire()
            await self._begin(connection)
            arguments = statement.arguments(values)
            await connection.fetch(statement.sql, *arguments, timeout=self._remaining())

    def write(
        self, statement: Statement, values: Mapping[str, Any], *, rows: int | None = 1
    ) -> None:
        """Collect a statement that must write `rows` rows, returning `AFFECTED_ROW` for each.

        With None it may write any number of rows.
        """
        self._writes.append((statement, values, rows))

    async def commit(self) -> None:
        """Send the collected writes, all or nothing.

        Raises Stale when one of them wrote fewer rows than it must.
        """
        writes, self._writes = self._writes, []
        with self._translate_connection_errors():
            if len(writes) > MAX_WRITES_PER_STATEMENT:
                await self._begin(await self._acquire())
            for first in range(0, len(writes), MAX_WRITES_PER_STATEMENT):
                await self._send(writes[first : first + MAX_WRITES_PER_STATEMENT])
            if self._in_transaction:
                connection = await self._acquire()
                await connection.execute(self._transaction.commit, timeout=self._remaining())
                self._in_transaction = False

    async def release(self) -> None:
        """Return the connection, after rolling back an open transaction."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            # After a statement without a response, the source rolls back: this connection may not
            # respond either. It cannot do so for a transaction of the host.
            must_roll_back = self._in_transaction and (
                self._is_healthy or self._transaction.required
            )
            if must_roll_back and is_open(connection):
                self._start_timeout()
                with translate_errors():
                    await connection.execute(self._transaction.rollback, timeout=self._remaining())
        except BaseException:
            # A connection that cannot roll back must not be reused.
            connection.terminate()
            raise
        finally:
            await self._connections.release(connection, is_healthy=self._is_healthy)

    @contextmanager
    def _translate_connection_errors(self) -> Iterator[None]:
        """Translate errors, and terminate a connection that the server closed while it was idle.

        asyncpg raises InternalClientError when it has read the server's final message but not yet
        the end of the connection.
        """
        responded = False
        self._start_timeout()
        try:
            with translate_errors(self._concurrency_constraints):
                try:
                    yield
                    responded = True
                except asyncpg.PostgresError:
                    responded = True
                    raise
        except asyncpg.InternalClientError as error:
            self._is_lost = True
            if self._connection is not None and is_open(self._connection):
                self._connection.terminate()
            raise Unavailable("The database ended the connection.") from error
        finally:
            self._is_healthy &= responded

    async def _acquire(self) -> Connection:
        count_statement()
        if self._is_lost:
            raise Unavailable("The connection was lost, and its locks with it.")
        if self._connection is None:
            self._connection = await self._connections.acquire(self._remaining())
        if self._transaction.required:
            await self._begin(self._connection)
        return self._connection

    async def _begin(self, connection: Connection) -> None:
        if not self._in_transaction:
            self._in_transaction = True
            await connection.execute(self._transaction.begin, timeout=self._remaining())

    async def _send(self, writes: Sequence[_Write]) -> None:
        connection = await self._acquire()
        arguments: list[Any] = []
        for statement, values, _ in writes:
            arguments += statement.arguments(values)
        sql = _combined(tuple((statement.sql, rows is not None) for statement, _, rows in writes))
        written = sum(rows or 0 for _, _, rows in writes)
        await connection.fetch(sql, *arguments, written, timeout=self._remaining())
        self._start_timeout()

    def _start_timeout(self) -> None:
        response_timeout = self._connections.response_timeout
        self._deadline = None if response_timeout is None else monotonic() + response_timeout

    def _remaining(self) -> float | None:
        """Return the seconds left for the next response; None for the limit of the pool."""
        return None if self._deadline is None else max(self._deadline - monotonic(), 0.001)


@lru_cache(maxsize=500)
def _combined(writes: tuple[tuple[str, bool], ...]) -> str:
    """Return one statement that runs all writes, and fails unless they write all their rows.

    The total number of rows is its last parameter. Each write is its SQL and whether its rows
    count.
    """
    parts, counts = [], ["0"]
    offset = 0
    for index, (sql, is_counted) in enumerate(writes):
        parts.append(f"w{index} AS ({_shift_parameters(sql, offset)})")
        offset += len(set(PARAMETER.findall(sql)))
        if is_counted:
            # Only numbers are interpolated.
            counts.append(f"(SELECT count(*) FROM w{index})")  # noqa: S608
    written = f"require_written(${offset + 1}, {' + '.join(counts)})"
    return f"WITH {', '.join(parts)} SELECT {written}"


def _shift_parameters(sql: str, offset: int) -> str:
    return PARAMETER.sub(lambda match: f"${int(match[1]) + offset}", sql)
