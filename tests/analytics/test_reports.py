"""Every report, on every store, equals an independent and slow implementation.

Each history is written to all stores and all of its reports are compared at once, because
generating and storing a history takes most of the time.
"""

import asyncio
from collections import Counter
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings

from adapters.memory import MemoryStore
from adapters.postgres import PostgresDatabase
from application.ports.reports import OccupancyFilter, Reports
from domain.analytics.members import MAX_TOP_MEMBERS, Membership, membership
from domain.analytics.occupancy import Occupancy, occupancy
from domain.analytics.revenue import Grouping, Revenue, revenue
from domain.ids import SpaceId
from domain.spaces import SpaceType
from domain.subscriptions import PlanType
from domain.users import Role
from tests.analytics.histories import History, histories
from tests.analytics.oracle import Oracle, Times
from tests.contract.conftest import POSTGRES_VERSIONS, name, postgres_dsn
from tests.databases import make_empty

NOTHING = Fraction(0)
HALF_OF_THE_LAST_PLACE = Fraction(1, 20_000)


@pytest.mark.parametrize("version", POSTGRES_VERSIONS, ids=name)
def test_reports_equal_the_oracle(request: pytest.FixtureRequest, version: int) -> None:
    dsn = postgres_dsn(request, version)

    @settings(max_examples=settings.default.max_examples // 8)  # type: ignore[union-attr]  # the default is set
    @given(histories())
    def check(history: History) -> None:
        asyncio.run(_check(history, dsn))

    check()


async def _check(history: History, dsn: str) -> None:
    oracle = Oracle(history)
    await make_empty(dsn)
    memory, database = MemoryStore(), await PostgresDatabase.connect(dsn, pool_size=1)
    try:
        for store in (memory, database):
            await history.store(store.unit_of_work)
            await check_reports(store.reports, oracle)
    finally:
        await database.close()


async def check_reports(reports: Reports, oracle: Oracle) -> None:
    days, now = oracle.history.days, oracle.history.now
    used = occupancy(await reports.occupancy(days, OccupancyFilter(), now=now), days)
    check_days(used, oracle)
    check_hours(used, oracle)
    check_spaces(used, oracle)
    await check_filters(reports, used, oracle)
    money = await reports.revenue(days)
    for grouping in Grouping:
        check_revenue(revenue(money, days, grouping), grouping, oracle)
    people = membership(await reports.members(days, now=now), days)
    check_members(people, oracle)
    check_plans(people, oracle)
    check_top(people, oracle)


def check_days(report: Occupancy, oracle: Oracle) -> None:
    def day(instant: datetime, _: object) -> object:
        return oracle.local_day(instant)

    bookable, booked, occupied = (
        part(day) for part in (oracle.bookable, oracle.booked, oracle.occupied)
    )
    assert [line.date for line in report.days] == oracle.history.days.dates
    for line in report.days:
        offered, used = bookable.get(line.date, NOTHING), booked.get(line.date, NOTHING)
        assert is_hours(line.bookable_hours, offered)
        assert is_hours(line.booked_hours, used)
        assert is_hours(line.occupied_hours, occupied.get(line.date, NOTHING))
        assert is_rate(line.occupancy_rate, used, offered)


def check_hours(report: Occupancy, oracle: Oracle) -> None:
    def hour(instant: datetime, _: object) -> object:
        wall = instant.astimezone(oracle.zone)
        return wall.weekday(), wall.hour

    bookable, booked = oracle.bookable(hour), oracle.booked(hour)
    assert len(report.heatmap) == 168
    for at in report.heatmap:
        key = at.weekday, at.hour
        part, whole = booked.get(key, NOTHING), bookable.get(key, NOTHING)
        assert is_rate(at.occupancy_rate, part, whole), key


def check_spaces(report: Occupancy, oracle: Oracle) -> None:
    by_space: tuple[Times, Times] = (
        oracle.bookable(lambda _, space_id: space_id),
        oracle.booked(lambda _, space_id: space_id),
    )
    shown = {space.space_id: space for space in report.spaces}
    for versions in oracle.history.spaces:
        offered, used = (times.get(versions[0].id, NOTHING) for times in by_space)
        assert (versions[0].id in shown) == bool(offered or used)
        if offered or used:
            space = shown[versions[0].id]
            assert is_hours(space.bookable_hours, offered)
            assert is_hours(space.booked_hours, used)
            assert is_rate(space.occupancy_rate, used, offered)


async def check_filters(reports: Reports, whole: Occupancy, oracle: Oracle) -> None:
    """Filtering by spaces returns their figures unchanged; all types together equal the whole."""
    days, now = oracle.history.days, oracle.history.now

    async def only(**criteria: Any) -> Occupancy:
        return occupancy(await reports.occupancy(days, OccupancyFilter(**criteria), now=now), days)

    if whole.spaces:
        space = whole.spaces[0]
        assert (await only(space_id=SpaceId(space.space_id))).spaces == (space,)
    by_type = [await only(space_type=kind) for kind in SpaceType]
    assert Counter(space for part in by_type for space in part.spaces) == Counter(whole.spaces)
    for number, day in enumerate(whole.days):
        for hours in ("bookable_hours", "booked_hours", "occupied_hours"):
            parts = sum(getattr(part.days[number], hours) for part in by_type)
            assert abs(parts - getattr(day, hours)) <= Decimal("0.0004")


def check_revenue(report: Revenue, grouping: Grouping, oracle: Oracle) -> None:
    dates = oracle.history.days.dates
    bookings = oracle.moved(back=False, for_bookings=True)
    plans = oracle.moved(back=False, for_bookings=False)
    refunds = oracle.moved(back=True)
    if grouping is Grouping.DAY:
        assert [(part.bookings, part.subscriptions, part.refunded) for part in report.series] == [
            (bookings[day], plans[day], refunds[day]) for day in dates
        ]
    assert report.whole.bookings == sum(bookings[day] for day in dates)
    assert report.whole.subscriptions == sum(plans[day] for day in dates)
    assert report.whole.refunded == sum(refunds[day] for day in dates)
    assert sum(part.net for part in report.series) == report.whole.net
    taken = oracle.taken_for(lambda entry: entry.space_id)
    taken.pop(None, None)
    assert {space.space_id: space.bookings for space in report.by_space} == taken
    assert sum(report.by_space_type.values()) == report.whole.bookings
    assert report.mrr == oracle.mrr()


def check_members(report: Membership, oracle: Oracle) -> None:
    users = oracle.history.users
    joined = [oracle.local_day(user.created_at) for user in users if user.role is Role.MEMBER]
    assert report.new == sum(day in oracle.dates for day in joined)
    assert report.total == sum(day <= max(oracle.dates) for day in joined)
    assert [line.total for line in report.series] == [
        sum(day <= date for day in joined) for date in oracle.history.days.dates
    ]
    assert all(after.total - before.total == after.new for before, after in pairwise(report.series))
    assert report.active == len(oracle.active())
    came = oracle.attendance()
    assert is_rate(report.no_show_rate, Fraction(came.count(False)), Fraction(len(came)))


def check_plans(report: Membership, oracle: Oracle) -> None:
    live = Counter(
        subscription.plan_type for subscription in oracle.live_at(oracle.history.days.end)
    )
    assert report.by_plan == {plan: live[plan] for plan in PlanType}
    ended, before = oracle.ended_within(), oracle.live_at(oracle.history.days.start)
    assert report.churned == len(ended)
    of_those = [subscription for subscription in before if subscription in ended]
    assert is_rate(report.churn_rate, Fraction(len(of_those)), Fraction(len(before)))


def check_top(report: Membership, oracle: Oracle) -> None:
    names = {user.id: user.full_name for user in oracle.history.users}
    expected = oracle.top()[:MAX_TOP_MEMBERS]
    assert len(report.top) == len(expected)
    for line, (who, count, hours, cents) in zip(report.top, expected, strict=True):
        assert (line.user_id, line.bookings, line.spent) == (who, count, cents)
        assert line.full_name == names[line.user_id]
        assert is_hours(line.booked_hours, hours)


def is_hours(shown: Decimal, exact: Fraction) -> bool:
    return abs(Fraction(shown) - exact) <= HALF_OF_THE_LAST_PLACE


def is_rate(shown: Decimal, part: Fraction, whole: Fraction) -> bool:
    return is_hours(shown, min(part, whole) / whole if whole else NOTHING)
