"""Units of work inside a transaction of the host, which commits it or rolls it back."""

from typing import TypeAlias, cast

import asyncpg

from adapters.postgres.engine.pool import Connection
from adapters.postgres.engine.session import PostgresSession, Transaction
from adapters.postgres.schema.constraints import CONCURRENCY_CONSTRAINTS
from adapters.postgres.unit_of_work import PostgresUnitOfWork
from application.ports.unit_of_work import UnitOfWorkFactory

HostConnection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | Connection"

_SAVEPOINT = Transaction(
    begin="SAVEPOINT cowork",
    commit="RELEASE SAVEPOINT cowork",
    rollback="ROLLBACK TO SAVEPOINT cowork; RELEASE SAVEPOINT cowork",
    required=True,
)


class _BorrowedConnection:
    """Implements ConnectionSource with the host's connection."""

    response_timeout = None

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def acquire(self, within: float | None = None) -> Connection:  # noqa: ARG002 - never waits
        return self._connection

    async def release(self, connection: Connection, *, is_healthy: bool = True) -> None:
        """Do nothing: the connection is the host's."""


def units_of_work_in_transaction(connection: HostConnection) -> UnitOfWorkFactory:
    """Return a factory of units of work in the open transaction of that asyncpg connection.

    They run one after the other. Each is a savepoint, so that one that fails leaves the rest of the
    transaction unchanged; what they commit becomes permanent when the host commits. The transaction
    must be READ COMMITTED: a use case that lost a race restarts, and must see the other's changes.
    """
    # A plain connection and a pool's proxy have the same methods; asyncpg's types do not show it.
    source = _BorrowedConnection(cast("Connection", connection))
    return lambda: PostgresUnitOfWork(
        PostgresSession(source, _SAVEPOINT, concurrency_constraints=CONCURRENCY_CONSTRAINTS)
    )
