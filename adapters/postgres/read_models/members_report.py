"""The figures of the members report."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import sqlalchemy as sa

from adapters.postgres.engine.pool import Connection
from adapters.postgres.engine.statement import Statement
from adapters.postgres.read_models.report_sql import (
    NOW,
    RANGE_END,
    RANGE_START,
    booked,
    day_of,
    values_of,
)
from adapters.postgres.read_models.revenue_report import (
    ENDED_AT,
    IS_REFUND,
    LIVE_AT_END,
    MOVED_IN_RANGE,
)
from adapters.postgres.schema.billing import ledger_entries, subscriptions
from adapters.postgres.schema.bookings import bookings
from adapters.postgres.schema.identity import members, users
from domain.analytics.days import ReportDays
from domain.analytics.members import MAX_TOP_MEMBERS, MemberFigures, TopMember
from domain.analytics.usage import MICROSECOND
from domain.bookings import BookingStatus
from domain.subscriptions import PlanType
from domain.users import Role

_IS_MEMBER = users.c.role == Role.MEMBER
_JOINED = Statement(
    sa.select(day_of(users.c.created_at), sa.func.count())
    .where(_IS_MEMBER, users.c.created_at < RANGE_END)
    .group_by(sa.literal_column("1"))
)

_live_in_range = sa.and_(
    RANGE_START < RANGE_END,
    subscriptions.c.created_at < RANGE_END,
    sa.or_(ENDED_AT.is_(None), ENDED_AT > RANGE_START),
)
_open_holds = booked(
    bookings.c.user_id, where="status = 'PENDING'", also=bookings.c.hold_expires_at > NOW
)
_live_before = sa.and_(
    subscriptions.c.created_at < RANGE_START,
    sa.or_(ENDED_AT.is_(None), ENDED_AT >= RANGE_START),
)
_ended = sa.and_(ENDED_AT >= RANGE_START, ENDED_AT < RANGE_END)
_COUNT = sa.func.count()
_ZERO: sa.ColumnElement[int] = sa.literal_column("0")
_PLANS = Statement(
    sa.select(
        subscriptions.c.plan_type,
        _COUNT.filter(LIVE_AT_END).label("live"),
        _COUNT.filter(_live_before).label("live_before"),
        _COUNT.filter(sa.and_(_live_before, _ended)).label("ended_of_those"),
        _COUNT.filter(_ended).label("ended"),
    ).group_by(subscriptions.c.plan_type)
)


def _bookings_by_member() -> Statement:
    """Count active members, due bookings and no-shows, and list the top members, in one pass.

    There is always one row with the counts, even without a top member. Payments are summed only for
    candidates: the first `MAX_TOP_MEMBERS` by booked time, and all who tie with the last of them.
    """
    use = booked(
        bookings.c.user_id,
        bookings.c.status,
        bookings.c.start_time,
        (
            sa.func.least(bookings.c.end_time, RANGE_END)
            - sa.func.greatest(bookings.c.start_time, RANGE_START)
        ).label("time"),
    ).subquery("use")
    is_due = sa.and_(
        use.c.status != BookingStatus.CONFIRMED,
        use.c.start_time >= RANGE_START,
    )
    uses = (
        sa.select(
            use.c.user_id,
            _COUNT.label("bookings"),
            sa.func.sum(use.c.time).label("time"),
            _COUNT.filter(is_due).label("expected"),
            _COUNT.filter(is_due, use.c.status == BookingStatus.NO_SHOW).label("no_shows"),
        )
        .group_by(use.c.user_id)
        .cte("uses")
        .prefix_with("MATERIALIZED")
    )
    subscribers = (
        sa.select(members.c.user_id)
        .join_from(subscriptions, members, subscriptions.c.member_id == members.c.id)
        .where(_live_in_range)
    )
    active = sa.select(_COUNT).where(
        _IS_MEMBER, users.c.id.in_(sa.union(sa.select(uses.c.user_id), _open_holds, subscribers))
    )
    busiest = (
        sa.select(users.c.id, users.c.full_name, uses.c.bookings, uses.c.time)
        .join_from(users, uses, users.c.id == uses.c.user_id)
        .where(_IS_MEMBER)
        .order_by(uses.c.time.desc())
        .fetch(MAX_TOP_MEMBERS, with_ties=True)
        .cte("busiest")
    )
    spent = (
        sa.select(
            ledger_entries.c.user_id, sa.func.sum(ledger_entries.c.amount_cents).label("cents")
        )
        .where(
            *MOVED_IN_RANGE,
            ~IS_REFUND,
            ledger_entries.c.user_id.in_(sa.select(busiest.c.id)),
        )
        .group_by(ledger_entries.c.user_id)
        .subquery("spent")
    )
    cents = sa.func.coalesce(spent.c.cents, _ZERO)
    top = (
        sa.select(busiest, cents.label("cents"))
        .join_from(busiest, spent, spent.c.user_id == busiest.c.id, isouter=True)
        .order_by(busiest.c.time.desc(), cents.desc(), busiest.c.id)
        .limit(MAX_TOP_MEMBERS)
        .subquery("top")
    )
    counts = sa.select(
        active.scalar_subquery().label("active"),
        sa.func.coalesce(sa.func.sum(uses.c.expected), _ZERO).label("expected"),
        sa.func.coalesce(sa.func.sum(uses.c.no_shows), _ZERO).label("no_shows"),
    ).subquery("counts")
    return Statement(
        sa.select(counts, top)
        .join_from(counts, top, sa.true(), isouter=True)
        .order_by(top.c.time.desc(), top.c.cents.desc(), top.c.id)
    )


_BOOKINGS_BY_MEMBER = _bookings_by_member()


async def read(connection: Connection, days: ReportDays, now: datetime) -> MemberFigures:
    """Read all figures in the connection's transaction."""
    values = values_of(days) | {"now": now}

    async def rows(statement: Statement) -> Sequence[asyncpg.Record]:
        return await connection.fetch(statement.sql, *statement.arguments(values))

    joined = {day - 1: count for day, count in await rows(_JOINED)}
    earlier = joined.pop(-1, 0)
    plans = await rows(_PLANS)
    booking_rows = await rows(_BOOKINGS_BY_MEMBER)
    counts = booking_rows[0]
    return MemberFigures(
        earlier=earlier,
        joined=joined,
        active=int(counts["active"]),
        by_plan={PlanType(row["plan_type"]): row["live"] for row in plans},
        subscribed_before=sum(row["live_before"] for row in plans),
        of_those_ended=sum(row["ended_of_those"] for row in plans),
        ended=sum(row["ended"] for row in plans),
        expected=int(counts["expected"]),
        no_shows=int(counts["no_shows"]),
        top=[
            TopMember(
                row["id"],
                row["full_name"],
                row["bookings"],
                row["time"] // MICROSECOND,
                int(row["cents"]),
            )
            for row in booking_rows
            if row["id"] is not None
        ],
    )
