"""PostgresCheckouts: implements application.ports.checkouts.Checkouts."""

from collections.abc import Sequence
from functools import cache

import sqlalchemy as sa

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import Statement, insert_row, update_row
from adapters.postgres.mappers.checkout import checkout_from, checkout_row
from adapters.postgres.schema.billing import (
    checkouts,
)
from domain.checkouts import Checkout
from domain.ids import BookingId, CheckoutId, UserId

_GET = Statement(sa.select(checkouts).where(checkouts.c.id == sa.bindparam("id")))
_OF_BOOKING = Statement(
    sa.select(checkouts)
    .where(checkouts.c.booking_id == sa.bindparam("booking_id"))
    .order_by(checkouts.c.id)
)
_CURRENT_PLAN = Statement(
    sa.select(checkouts).where(
        checkouts.c.user_id == sa.bindparam("user_id"),
        checkouts.c.plan_type.is_not(None),
        sa.literal_column("status IN ('OPENING', 'OPEN')", sa.Boolean),
    )
)
_ADD = insert_row(checkouts)
_SAVE = update_row(checkouts)


@cache
def _unsettled(*, is_first: bool) -> Statement:
    unsettled = "status IN ('OPENING', 'OPEN', 'SUPERSEDED', 'PROCESSING')"
    after = () if is_first else (checkouts.c.id > sa.bindparam("after"),)
    return Statement(
        sa.select(checkouts)
        .where(sa.literal_column(unsettled, sa.Boolean), *after)
        .order_by(checkouts.c.id)
        .limit(sa.bindparam("limit"))
    )


class PostgresCheckouts:
    """Implements application.ports.checkouts.Checkouts."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session

    async def get(self, checkout_id: CheckoutId) -> Checkout | None:
        row = await self._session.row(_GET, id=checkout_id)
        return checkout_from(row) if row else None

    async def of_booking(self, booking_id: BookingId) -> Sequence[Checkout]:
        rows = await self._session.rows(_OF_BOOKING, booking_id=booking_id)
        return [checkout_from(row) for row in rows]

    async def current_plan(self, user_id: UserId) -> Checkout | None:
        row = await self._session.row(_CURRENT_PLAN, user_id=user_id)
        return checkout_from(row) if row else None

    async def unsettled(self, *, after: CheckoutId | None, limit: int) -> Sequence[Checkout]:
        statement = _unsettled(is_first=after is None)
        rows = await self._session.rows(statement, after=after, limit=limit)
        return [checkout_from(row) for row in rows]

    def add(self, checkout: Checkout) -> None:
        self._session.write(_ADD, checkout_row(checkout))

    def save(self, checkout: Checkout) -> None:
        self._session.write(_SAVE, checkout_row(checkout))
