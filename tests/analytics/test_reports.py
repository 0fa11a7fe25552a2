"""Every report, on every store, is what an independent and slow reckoning says."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest

from adapters.memory import MemoryStore
from adapters.postgres import PostgresDatabase
from application.ports.reports import OccupancyFilter, Reports
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.analytics.members import membership
from domain.analytics.occupancy import occupancy
from domain.analytics.revenue import Grouping, revenue
from domain.users import Role
from tests.analytics.histories import History, Making
from tests.analytics.oracle import Oracle, Times, sums

SEEDS = range(24)


class Store:
    """What these tests need of a store."""

    unit_of_work: UnitOfWorkFactory
    reports: Reports


@pytest.fixture
async def history(request: pytest.FixtureRequest, store: Store) -> History:
    history = Making(request.param).make()
    await history.store(store.unit_of_work)
    return history


def close(rate: Decimal, part: Fraction, whole: Fraction) -> bool:
    exact = min(part, whole) / whole if whole else Fraction(0)
    return abs(Fraction(rate) - exact) <= Fraction(1, 20_000)


@pytest.mark.parametrize("history", SEEDS, indirect=True)
async def test_occupancy_by_day(store: Store, history: History) -> None:
    oracle, days = Oracle(history), history.days
    figures = await store.reports.occupancy(days, OccupancyFilter(), now=history.now)
    report = occupancy(figures, days)

    def day(instant: datetime, _: object) -> object:
        return oracle.local_day(instant)

    bookable, booked, occupied = (
        part(day) for part in (oracle.bookable, oracle.booked, oracle.occupied)
    )
    dates = days.dates
    assert [round(float(d.bookable_hours), 3) for d in report.days] == sums(bookable, dates)
    assert [round(float(d.booked_hours), 3) for d in report.days] == sums(booked, dates)
    assert [round(float(d.occupied_hours), 3) for d in report.days] == sums(occupied, dates)
    for line in report.days:
        part = booked.get(line.date, Fraction(0))
        assert close(line.occupancy_rate, part, bookable.get(line.date, Fraction(0)))


@pytest.mark.parametrize("history", SEEDS, indirect=True)
async def test_occupancy_by_space_and_by_hour(store: Store, history: History) -> None:
    oracle, days = Oracle(history), history.days
    figures = await store.reports.occupancy(days, OccupancyFilter(), now=history.now)
    report = occupancy(figures, days)

    def hour(instant: datetime, _: object) -> object:
        wall = instant.astimezone(days.zone)
        return wall.weekday(), wall.hour

    bookable, booked = oracle.bookable(hour), oracle.booked(hour)
    assert len(report.heatmap) == 168
    for at in report.heatmap:
        key = at.weekday, at.hour
        none = Fraction(0)
        assert close(at.occupancy_rate, booked.get(key, none), bookable.get(key, none)), key
    by_space: tuple[Times, Times] = (
        oracle.bookable(lambda _, space_id: space_id),
        oracle.booked(lambda _, space_id: space_id),
    )
    shown = {space.space_id: space for space in report.spaces}
    for versions in history.spaces:
        offered, used = (times.get(versions[0].id, Fraction(0)) for times in by_space)
        assert (versions[0].id in shown) == bool(offered or used)
        if offered or used:
            space = shown[versions[0].id]
            assert abs(Fraction(space.bookable_hours) - offered) <= Fraction(1, 20_000)
            assert abs(Fraction(space.booked_hours) - used) <= Fraction(1, 20_000)


@pytest.mark.parametrize("history", SEEDS, indirect=True)
@pytest.mark.parametrize("grouping", Grouping)
async def test_revenue_is_right_to_the_cent(
    store: Store, history: History, grouping: Grouping
) -> None:
    oracle, days = Oracle(history), history.days
    report = revenue(await store.reports.revenue(days), days, grouping)
    bookings, plans = oracle.taken(for_bookings=True), oracle.taken(for_bookings=False)
    refunds = oracle.given_back()
    if grouping is Grouping.DAY:
        assert [(part.bookings, part.subscriptions, part.refunded) for part in report.series] == [
            (bookings[day], plans[day], refunds[day]) for day in days.dates
        ]
    assert report.whole.bookings == sum(bookings[day] for day in days.dates)
    assert report.whole.subscriptions == sum(plans[day] for day in days.dates)
    assert report.whole.refunded == sum(refunds[day] for day in days.dates)
    assert sum(part.net for part in report.series) == report.whole.net
    assert sum(space.bookings for space in report.by_space) == report.whole.bookings
    assert sum(report.by_space_type.values()) == report.whole.bookings


@pytest.mark.parametrize("history", SEEDS, indirect=True)
async def test_members_are_who_was_there(store: Store, history: History) -> None:
    oracle, days = Oracle(history), history.days
    report = membership(await store.reports.members(days, now=history.now), days)
    joined = [
        oracle.local_day(user.created_at) for user in history.users if user.role is Role.MEMBER
    ]
    assert report.new == sum(day in oracle.dates for day in joined)
    assert [line.total for line in report.series] == [
        sum(day <= date for day in joined) for date in days.dates
    ]
    assert all(after.total - before.total == after.new for before, after in pairwise(report.series))
    assert report.active == len(oracle.active())
    shown = oracle.booked(lambda _, space_id: space_id)
    if all(user.role is Role.MEMBER for user in history.users):
        total = sum(member.booked_hours for member in report.top)
        assert abs(Fraction(total) - sum(shown.values())) <= Fraction(len(report.top), 20_000)


@pytest.mark.parametrize("seed", SEEDS)
async def test_both_stores_say_the_same(empty_database_18: str, seed: int) -> None:

    history = Making(seed).make()
    memory = MemoryStore()
    database = await PostgresDatabase.connect(empty_database_18, pool_size=2)
    try:
        for store in (memory, database):
            await history.store(store.unit_of_work)
        days = history.days
        money = [await s.reports.revenue(days) for s in (memory, database)]
        whole = [revenue(figures, days, Grouping.DAY) for figures in money]
        assert whole[0] == whole[1]
        people = [await s.reports.members(days, now=history.now) for s in (memory, database)]
        assert membership(people[0], days) == membership(people[1], days)
    finally:
        await database.close()
