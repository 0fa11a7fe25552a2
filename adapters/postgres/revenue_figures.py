"""The figures of the revenue report: paid invoices, what was given back, and the plans.

Invoices and refunds tell what money moved; the ledger is not asked yet. Only `_REFUNDS` and
`_TAKEN` know that.
"""

from collections.abc import Sequence
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.connections import Connection
from adapters.postgres.report_parts import RANGE_END, RANGE_START
from adapters.postgres.statement import Statement
from adapters.postgres.tables import bookings, invoices, refunds, spaces, subscriptions
from domain.analytics.days import ReportDays
from domain.analytics.revenue import RevenueFigures, SpaceTakings
from domain.ids import SpaceId
from domain.invoices import InvoiceStatus
from domain.spaces import SpaceType
from domain.subscriptions import SubscriptionStatus

_STARTS: sa.BindParameter[Any] = sa.bindparam("starts", type_=pg.ARRAY(sa.DateTime(timezone=True)))
_PAID_IN_RANGE = (invoices.c.paid_at >= RANGE_START, invoices.c.paid_at < RANGE_END)
_ZERO: sa.ColumnElement[int] = sa.literal_column("0")


def day_of(instant: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """The number of the local day that it lies in, the first one being 1; 0 for any before."""
    return sa.func.width_bucket(instant, _STARTS, type_=sa.Integer())


def _taken() -> Statement:
    """By day, and by space; what has no space was paid for a subscription."""
    paid = (
        sa.select(
            day_of(invoices.c.paid_at).label("day"),
            invoices.c.space_id,
            invoices.c.amount_cents,
        )
        .where(*_PAID_IN_RANGE)
        .subquery("paid")
    )
    is_subscription = paid.c.space_id.is_(None)
    return Statement(
        sa.select(
            sa.func.grouping(paid.c.day),
            paid.c.day,
            paid.c.space_id,
            sa.func.sum(paid.c.amount_cents).filter(~is_subscription),
            sa.func.sum(paid.c.amount_cents).filter(is_subscription),
        ).group_by(sa.func.grouping_sets(sa.tuple_(paid.c.day), sa.tuple_(paid.c.space_id)))
    )


def _given_back() -> Statement:
    """By day: refunds when they were accepted.

    What an invoice knows to be refunded beyond those was given back outside of the house. Nobody
    noted when; it counts on the day on which its booking was cancelled, or else the invoice paid.
    """
    accepted = sa.select(
        day_of(refunds.c.accepted_at).label("day"), refunds.c.amount_cents.label("cents")
    ).where(refunds.c.accepted_at >= RANGE_START, refunds.c.accepted_at < RANGE_END)
    known = (
        sa.select(sa.func.coalesce(sa.func.sum(refunds.c.amount_cents), _ZERO))
        .where(
            refunds.c.booking_id == invoices.c.booking_id,
            refunds.c.space_id == invoices.c.space_id,
            refunds.c.accepted_at.is_not(None),
        )
        .correlate(invoices)
        .scalar_subquery()
    )
    beyond = sa.func.greatest(invoices.c.refunded_cents - known, _ZERO)
    is_refunded = (invoices.c.refunded_cents > _ZERO, invoices.c.paid_at.is_not(None))
    is_theirs = sa.and_(
        bookings.c.id == invoices.c.booking_id, bookings.c.space_id == invoices.c.space_id
    )
    cancelled_at = bookings.c.cancelled_at
    when_cancelled = (
        sa.select(day_of(cancelled_at).label("day"), beyond.label("cents"))
        .join_from(bookings, invoices, is_theirs)
        .where(cancelled_at >= RANGE_START, cancelled_at < RANGE_END, *is_refunded)
    )
    when_paid = (
        sa.select(day_of(invoices.c.paid_at).label("day"), beyond.label("cents"))
        .join_from(invoices, bookings, is_theirs, isouter=True)
        .where(*_PAID_IN_RANGE, *is_refunded, cancelled_at.is_(None))
    )
    moved = sa.union_all(accepted, when_cancelled, when_paid).subquery("moved")
    return Statement(sa.select(moved.c.day, sa.func.sum(moved.c.cents)).group_by(moved.c.day))


ENDED_AT = sa.case(
    (
        subscriptions.c.status == SubscriptionStatus.CANCELLED,
        sa.func.least(subscriptions.c.updated_at, subscriptions.c.current_period_end),
    ),
)
"""When a subscription ended: with its period, or when it was cancelled before that; else NULL."""
LIVE_AT_END = sa.and_(
    subscriptions.c.created_at < RANGE_END, sa.or_(ENDED_AT.is_(None), ENDED_AT >= RANGE_END)
)

# A plan's price is what was last invoiced for a month of it, or first, if that came later.
_price = (
    sa.select(invoices.c.amount_cents)
    .where(
        invoices.c.subscription_id == subscriptions.c.id,
        invoices.c.status != InvoiceStatus.VOID,
    )
    .order_by(
        (invoices.c.issued_at < RANGE_END).desc(),
        sa.case((invoices.c.issued_at < RANGE_END, invoices.c.issued_at)).desc(),
        invoices.c.issued_at,
        invoices.c.id,
    )
    .limit(1)
    .correlate(subscriptions)
    .scalar_subquery()
)
_TAKEN = _taken()
_REFUNDS = _given_back()
_MRR = Statement(
    sa.select(sa.func.coalesce(sa.func.sum(_price), _ZERO)).where(
        LIVE_AT_END, subscriptions.c.status != SubscriptionStatus.TRIALING
    )
)
_SPACES = Statement(
    sa.select(spaces.c.id, spaces.c.name, spaces.c.space_type).order_by(spaces.c.id)
)


async def read(connection: Connection, days: ReportDays) -> RevenueFigures:
    """All of the figures, as they stand in the connection's transaction."""
    values = {
        "range_start": days.start,
        "range_end": days.end,
        "starts": list(days.starts[:-1]),
    }

    async def rows(statement: Statement) -> Sequence[asyncpg.Record]:
        return await connection.fetch(statement.sql, *statement.arguments(values))

    by_day: dict[int, int] = {}
    subscribed: dict[int, int] = {}
    by_space: dict[SpaceId, int] = {}
    for is_by_space, day, space_id, booked, for_plans in await rows(_TAKEN):
        if not is_by_space:
            by_day[day - 1] = int(booked or 0)
            subscribed[day - 1] = int(for_plans or 0)
        elif space_id is not None:
            by_space[space_id] = int(booked or 0)
    given_back = {day - 1: int(cents) for day, cents in await rows(_REFUNDS)}
    taken = [
        SpaceTakings(space_id, name, SpaceType(kind), by_space[space_id])
        for space_id, name, kind in await rows(_SPACES)
        if space_id in by_space
    ]
    [[mrr]] = await rows(_MRR)
    return RevenueFigures(by_day, subscribed, given_back, taken, int(mrr))
