"""PostgresRefunds."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import Statement, insert_row, update_row
from adapters.postgres.mappers.refund import refund_from, refund_row
from adapters.postgres.schema.billing import refunds
from domain.ids import BookingId, RefundId
from domain.refunds import Refund

_OF_BOOKING = Statement(
    sa.select(refunds)
    .where(refunds.c.booking_id == sa.bindparam("booking_id"))
    .order_by(refunds.c.id)
)
_GET = Statement(sa.select(refunds).where(refunds.c.id == sa.bindparam("id")))
_DUE = Statement(
    sa.select(refunds)
    .where(refunds.c.accepted_at.is_(None))
    .order_by(refunds.c.decided_at, refunds.c.id)
    .limit(sa.bindparam("limit"))
)
_TO_SEND = Statement(
    sa.select(refunds)
    .where(
        refunds.c.accepted_at.is_(None),
        sa.not_(refunds.c.by_hand),
        sa.or_(
            refunds.c.next_attempt_at.is_(None),
            refunds.c.next_attempt_at <= sa.bindparam("at"),
        ),
    )
    .order_by(refunds.c.decided_at, refunds.c.id)
    .limit(sa.bindparam("limit"))
)
_MANUAL = Statement(
    sa.select(refunds)
    .where(refunds.c.accepted_at.is_(None), refunds.c.by_hand)
    .order_by(refunds.c.decided_at, refunds.c.id)
    .limit(sa.bindparam("limit"))
)
_FAILING = Statement(
    sa.select(refunds)
    .where(refunds.c.accepted_at.is_(None), refunds.c.attempts >= sa.bindparam("attempts"))
    .order_by(refunds.c.decided_at, refunds.c.id)
    .limit(sa.bindparam("limit"))
)
_ADD = insert_row(refunds)
_SAVE = update_row(refunds)


class PostgresRefunds:
    """Implements application.ports.refunds.Refunds."""

    def __init__(self, connection: PostgresSession) -> None:
        self._connection = connection

    async def of_booking(self, booking_id: BookingId) -> Sequence[Refund]:
        rows = await self._connection.rows(_OF_BOOKING, booking_id=booking_id)
        return [refund_from(row) for row in rows]

    async def get(self, refund_id: RefundId) -> Refund | None:
        row = await self._connection.row(_GET, id=refund_id)
        return refund_from(row) if row else None

    async def due(self, *, limit: int) -> Sequence[Refund]:
        return [refund_from(row) for row in await self._connection.rows(_DUE, limit=limit)]

    async def to_send(self, *, at: datetime, limit: int) -> Sequence[Refund]:
        rows = await self._connection.rows(_TO_SEND, at=at, limit=limit)
        return [refund_from(row) for row in rows]

    async def manual(self, *, limit: int) -> Sequence[Refund]:
        return [refund_from(row) for row in await self._connection.rows(_MANUAL, limit=limit)]

    async def failing(self, *, attempts: int, limit: int) -> Sequence[Refund]:
        rows = await self._connection.rows(_FAILING, attempts=attempts, limit=limit)
        return [refund_from(row) for row in rows]

    def add(self, refund: Refund) -> None:
        self._connection.write(_ADD, refund_row(refund))

    def save(self, refund: Refund) -> None:
        self._connection.write(_SAVE, refund_row(refund))
