"""Units of work within a transaction that somebody else began, and will commit or roll back."""

from typing import TypeAlias, cast

import asyncpg

from adapters.postgres.engine.pool import Connection
from adapters.postgres.engine.session import PostgresSession, Transaction
from adapters.postgres.unit_of_work import PostgresUnitOfWork
from application.ports.unit_of_work import UnitOfWorkFactory

HostConnection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | Connection"

_SAVEPOINT = Transaction(
    begin="SAVEPOINT cowork",
    commit="RELEASE SAVEPOINT cowork",
    undo="ROLLBACK TO SAVEPOINT cowork; RELEASE SAVEPOINT cowork",
    needed=True,
)


class _Lent:
    response_timeout = None

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def acquire(self, within: float | None = None) -> Connection:  # noqa: ARG002 - it is there
        return self._connection

    async def release(self, connection: Connection, *, is_healthy: bool = True) -> None:
        """It was never ours."""


def units_of_work_in_transaction(connection: HostConnection) -> UnitOfWorkFactory:
    """Units of work, one after the other, in the open transaction of that asyncpg connection.

    What they commit is there for good once the transaction is; each is a savepoint in it, so that
    one that fails leaves the rest of the transaction as it was. The transaction has to be READ
    COMMITTED: a use case that was overtaken begins again, and must see what came between.
    """
    # They have the same methods; asyncpg's types do not say so.
    lent = _Lent(cast("Connection", connection))
    return lambda: PostgresUnitOfWork(PostgresSession(lent, _SAVEPOINT))
