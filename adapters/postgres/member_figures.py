"""The figures of the members report."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import sqlalchemy as sa

from adapters.postgres.connections import Connection
from adapters.postgres.report_parts import NOW, RANGE_END, RANGE_START, booked
from adapters.postgres.revenue_figures import ENDED_AT, LIVE_AT_END, day_of
from adapters.postgres.statement import Statement
from adapters.postgres.tables import IS_BOOKED, bookings, invoices, members, subscriptions, users
from domain.analytics.days import ReportDays
from domain.analytics.members import MOST_TOP_MEMBERS, MemberFigures, TopMember
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

_was_there = sa.and_(
    RANGE_START < RANGE_END,
    subscriptions.c.created_at < RANGE_END,
    sa.or_(ENDED_AT.is_(None), ENDED_AT > RANGE_START),
)
_held = booked(
    bookings.c.user_id, where="status = 'PENDING'", also=bookings.c.hold_expires_at > NOW
)
_ACTIVE = Statement(
    sa.select(sa.func.count()).where(
        _IS_MEMBER,
        users.c.id.in_(
            sa.union(
                booked(bookings.c.user_id),
                _held,
                sa.select(members.c.user_id)
                .join_from(subscriptions, members, subscriptions.c.member_id == members.c.id)
                .where(_was_there),
            )
        ),
    )
)
_there_before = sa.and_(
    subscriptions.c.created_at < RANGE_START,
    sa.or_(ENDED_AT.is_(None), ENDED_AT >= RANGE_START),
)
_ended = sa.and_(ENDED_AT >= RANGE_START, ENDED_AT < RANGE_END)
_COUNT = sa.func.count()
_PLANS = Statement(
    sa.select(
        subscriptions.c.plan_type,
        _COUNT.filter(LIVE_AT_END),
        _COUNT.filter(_there_before),
        _COUNT.filter(sa.and_(_there_before, _ended)),
        _COUNT.filter(_ended),
    ).group_by(subscriptions.c.plan_type)
)
_NO_SHOWS = Statement(
    sa.select(_COUNT, _COUNT.filter(bookings.c.status == BookingStatus.NO_SHOW)).where(
        bookings.c.status != BookingStatus.CONFIRMED,
        sa.literal_column(f"({IS_BOOKED})", sa.Boolean),
        bookings.c.start_time >= RANGE_START,
        bookings.c.start_time < RANGE_END,
    )
)


def _top() -> Statement:
    use = booked(
        bookings.c.user_id,
        (
            sa.func.least(bookings.c.end_time, RANGE_END)
            - sa.func.greatest(bookings.c.start_time, RANGE_START)
        ).label("time"),
    ).subquery("use")
    uses = (
        sa.select(use.c.user_id, _COUNT.label("bookings"), sa.func.sum(use.c.time).label("time"))
        .group_by(use.c.user_id)
        .subquery("uses")
    )
    spent = (
        sa.select(invoices.c.user_id, sa.func.sum(invoices.c.amount_cents).label("cents"))
        .where(invoices.c.paid_at >= RANGE_START, invoices.c.paid_at < RANGE_END)
        .group_by(invoices.c.user_id)
        .subquery("spent")
    )
    cents = sa.func.coalesce(spent.c.cents, sa.literal_column("0"))
    return Statement(
        sa.select(users.c.id, users.c.full_name, uses.c.bookings, uses.c.time, cents)
        .join_from(users, uses, users.c.id == uses.c.user_id)
        .outerjoin(spent, users.c.id == spent.c.user_id)
        .where(_IS_MEMBER)
        .order_by(uses.c.time.desc(), cents.desc(), users.c.id)
        .limit(MOST_TOP_MEMBERS)
    )


_TOP = _top()


async def read(connection: Connection, days: ReportDays, now: datetime) -> MemberFigures:
    """All of the figures, as they stand in the connection's transaction."""
    values = {
        "range_start": days.start,
        "range_end": days.end,
        "starts": list(days.starts[:-1]),
        "now": now,
    }

    async def rows(statement: Statement) -> Sequence[asyncpg.Record]:
        return await connection.fetch(statement.sql, *statement.arguments(values))

    joined = {day - 1: count for day, count in await rows(_JOINED)}
    earlier = joined.pop(-1, 0)
    plans = await rows(_PLANS)
    [[active]] = await rows(_ACTIVE)
    [[expected, no_shows]] = await rows(_NO_SHOWS)
    return MemberFigures(
        earlier=earlier,
        joined=joined,
        active=active,
        by_plan={PlanType(plan): count for plan, count, *_ in plans},
        subscribed_before=sum(row[2] for row in plans),
        of_those_ended=sum(row[3] for row in plans),
        ended=sum(row[4] for row in plans),
        expected=expected,
        no_shows=no_shows,
        top=[
            TopMember(user_id, name, bookings, time // MICROSECOND, int(cents))
            for user_id, name, bookings, time, cents in await rows(_TOP)
        ],
    )
