"""PostgresRefunds."""

from collections.abc import Sequence

import sqlalchemy as sa

from adapters.postgres.connection import UnitConnection
from adapters.postgres.rows import refund_from, refund_row
from adapters.postgres.statement import Statement, insert_row, update_row
from adapters.postgres.tables import refunds
from domain.ids import BookingId
from domain.refunds import Refund

_OF_BOOKING = Statement(
    sa.select(refunds)
    .where(refunds.c.booking_id == sa.bindparam("booking_id"))
    .order_by(refunds.c.id)
)
_DUE = Statement(
    sa.select(refunds)
    .where(refunds.c.accepted_at.is_(None))
    .order_by(refunds.c.decided_at, refunds.c.id)
    .limit(sa.bindparam("limit"))
)
_ADD = insert_row(refunds)
_SAVE = update_row(refunds)


class PostgresRefunds:
    """Implements application.ports.refunds.Refunds."""

    def __init__(self, connection: UnitConnection) -> None:
        self._connection = connection

    async def of_booking(self, booking_id: BookingId) -> Sequence[Refund]:
        rows = await self._connection.rows(_OF_BOOKING, booking_id=booking_id)
        return [refund_from(row) for row in rows]

    async def due(self, *, limit: int) -> Sequence[Refund]:
        return [refund_from(row) for row in await self._connection.rows(_DUE, limit=limit)]

    def add(self, refund: Refund) -> None:
        self._connection.write(_ADD, refund_row(refund))

    def save(self, refund: Refund) -> None:
        self._connection.write(_SAVE, refund_row(refund))
