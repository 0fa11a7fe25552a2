"""Schedule: which desks are taken, and that a zone never holds more bookings than desks."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.house import House
from domain.ids import BookingId
from domain.opening_hours import OpeningHours
from domain.period import Period
from domain.schedule import Occupation, Schedule, choose_desk
from domain.spaces import Space, SpaceType
from tests.entities import MONDAY, a_space, a_zone, hours
from tests.unit.domain.time_strategies import KATHMANDU, MINUTE, minutes_of

NOW = MONDAY + 5 * MINUTE

booking_ids = st.uuids().map(BookingId)
holds = st.none() | st.integers(-2, 2).map(lambda minutes: NOW + minutes * MINUTE)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = MONDAY + draw(st.integers(0, 40)) * MINUTE
    return Period(start, start + draw(st.integers(1, 20)) * MINUTE)


occupations = st.tuples(booking_ids, st.integers(1, 5), periods(), holds).map(
    lambda fields: Occupation(fields[0], fields[1], *fields[2].span, fields[3])
)
schedules = st.builds(
    Schedule,
    st.integers(1, 4).map(a_zone),
    st.lists(occupations, max_size=12).map(tuple),
)


def an_occupation(period: Period, desk: int = 1, held_until: datetime | None = None) -> Occupation:
    return Occupation(BookingId(UUID(int=desk)), desk, *period.span, held_until)


@given(schedules, periods())
def test_a_desk_is_free_when_no_active_occupation_covers_a_minute_of_it(
    schedule: Schedule, period: Period
) -> None:
    minutes = set(minutes_of(period))
    taken = {
        taking.desk
        for taking in schedule.occupations
        if (taking.hold_expires_at is None or taking.hold_expires_at > NOW)
        and minutes & set(minutes_of(taking.period))
    }
    assert schedule.free_desks(period, at=NOW) == sorted(
        {*range(1, schedule.space.capacity + 1)} - taken
    )


@given(schedules, periods())
def test_an_expired_hold_is_returned_when_it_overlaps_the_period(
    schedule: Schedule, period: Period
) -> None:
    minutes = set(minutes_of(period))
    assert schedule.expired_holds(period, at=NOW) == [
        taking.booking_id
        for taking in schedule.occupations
        if taking.hold_expires_at is not None
        and taking.hold_expires_at <= NOW
        and minutes & set(minutes_of(taking.period))
    ]


@pytest.mark.parametrize(
    "held_for, is_free",
    [(timedelta(microseconds=1), False), (timedelta(0), True), (-timedelta(microseconds=1), True)],
)
def test_an_expired_hold_does_not_block_a_booking(held_for: timedelta, *, is_free: bool) -> None:
    held = an_occupation(hours(9, 10), held_until=NOW + held_for)
    schedule = Schedule(a_space(), (held,))
    assert bool(schedule.free_desks(hours(9, 10), at=NOW)) is is_free


def test_a_touching_booking_leaves_the_desk_free() -> None:
    schedule = Schedule(a_space(), (an_occupation(hours(9, 10)), an_occupation(hours(11, 12))))
    assert schedule.free_desks(hours(10, 11), at=NOW) == [1]


@pytest.mark.parametrize("space_type", sorted(set(SpaceType) - {SpaceType.HOT_DESK}))
def test_any_other_space_is_booked_as_a_whole_whatever_its_capacity(space_type: SpaceType) -> None:
    space = a_space(space_type=space_type, capacity=12)
    assert Schedule(space, ()).free_desks(hours(9, 10), at=NOW) == [1]
    taken = Schedule(space, (an_occupation(hours(9, 10)),))
    assert taken.free_desks(hours(9, 10), at=NOW) == []


@given(st.sets(st.integers(1, 50), min_size=1), booking_ids)
def test_the_chosen_desk_is_free(free: set[int], booking_id: BookingId) -> None:
    assert choose_desk(sorted(free), booking_id) in free


def test_concurrent_bookings_of_a_zone_spread_over_its_desks() -> None:
    free = list(range(1, 11))
    assert {choose_desk(free, UUID(int=n)) for n in range(10)} == set(free)


@given(st.integers(1, 4), st.lists(st.tuples(periods(), booking_ids), max_size=40))
def test_a_zone_never_exceeds_its_desks_and_never_rejects_while_one_is_free(
    desks: int, requests: list[tuple[Period, BookingId]]
) -> None:
    zone: Space = a_zone(desks)
    taken: dict[int, set[datetime]] = {desk: set() for desk in range(1, desks + 1)}
    accepted: tuple[Occupation, ...] = ()
    for period, booking_id in requests:
        minutes = set(minutes_of(period))
        free = Schedule(zone, accepted).free_desks(period, at=NOW)
        assert bool(free) is any(not (minutes & held) for held in taken.values())
        if free:
            desk = choose_desk(free, booking_id)
            assert not minutes & taken[desk]
            taken[desk] |= minutes
            accepted += (Occupation(booking_id, desk, *period.span),)
    for minute in range(60):
        at = MONDAY + minute * MINUTE
        assert sum(at in minutes_of(taking.period) for taking in accepted) <= desks


def test_a_schedule_without_a_booking_has_the_others() -> None:
    space = a_zone(2)
    first, second = an_occupation(hours(9, 10), desk=1), an_occupation(hours(9, 10), desk=2)
    schedule = Schedule(space, (first, second)).without(first.booking_id)
    assert schedule == Schedule(space, (second,))
    assert schedule.without(first.booking_id) == schedule


def test_a_space_is_busy_only_within_its_opening_hours_on_the_houses_clock() -> None:
    room = a_space(opening_hours=OpeningHours.parse({"monday": [["09:00", "17:00"]]}))
    schedule = Schedule(room, (an_occupation(hours(0, 24)),))
    busy = schedule.busy_spans(hours(0, 24), House(timezone=KATHMANDU), at=NOW)
    assert busy == [hours(3.25, 11.25).span]
