"""Availability equals an oracle that looks at every minute of every desk."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.availability import availability
from domain.house import House
from domain.ids import BookingId
from domain.opening_hours import OpeningHours
from domain.period import Period
from domain.schedule import FreePeriod, Occupation, Schedule
from tests.entities import IDS, MONDAY, a_space, a_zone, hours
from tests.unit.domain.schedules import Scenario, scenarios, second_fractions
from tests.unit.domain.time_strategies import DAY, HOUR, MINUTE, NEW_YORK, minutes_of, runs, spans

HOUSE = House(timezone=ZoneInfo("UTC"))


@st.composite
def windows(draw: st.DrawFn, scenario: Scenario) -> Period:
    start = scenario.start + draw(spans(-12 * HOUR, 12 * HOUR)) + draw(second_fractions)
    return Period(start, start + draw(spans(MINUTE, 36 * HOUR)) + draw(second_fractions))


def free_by_the_minute(scenario: Scenario, window: Period) -> list[FreePeriod]:
    to_come = [
        minute
        for minute in minutes_of(window)
        if minute >= scenario.now and scenario.is_open(minute)
    ]
    taken = scenario.taken_minutes()
    periods = {
        period
        for desk in scenario.desk_numbers()
        for period in runs(minute for minute in to_come if minute not in taken[desk])
    }
    return [
        FreePeriod(
            *period.span,
            sum(taken[desk].isdisjoint(minutes_of(period)) for desk in scenario.desk_numbers()),
        )
        for period in sorted(periods, key=lambda period: (period.start, period.end))
    ]


def busy_by_the_minute(scenario: Scenario, window: Period) -> list[Period]:
    taken = scenario.taken_minutes()
    return runs(
        minute
        for minute in minutes_of(window)
        if scenario.is_open(minute)
        and all(minute in taken[desk] for desk in scenario.desk_numbers())
    )


@given(st.data(), scenarios())
def test_free_and_busy_times_equal_the_oracle_minute_by_minute(
    data: st.DataObject, scenario: Scenario
) -> None:
    window = data.draw(windows(scenario))
    seen = availability(scenario.schedule, window, scenario.house, now=scenario.now)
    assert seen.window == window
    assert seen.free == free_by_the_minute(scenario, window)
    assert seen.busy == [period.span for period in busy_by_the_minute(scenario, window)]


@given(st.data(), scenarios())
def test_a_window_is_available_exactly_when_it_can_be_booked_now(
    data: st.DataObject, scenario: Scenario
) -> None:
    # Aligned to a coarse grid, so that many windows are bookable.
    start = (
        scenario.start + data.draw(st.integers(-48, 48)) * 15 * MINUTE + data.draw(second_fractions)
    )
    window = Period(start, start + data.draw(st.integers(1, 16)) * 15 * MINUTE)
    seen = availability(scenario.schedule, window, scenario.house, now=scenario.now)
    assert seen.is_available is scenario.would_be_accepted(window)


def taken(period: Period, desk: int = 1, held_until: datetime | None = None) -> Occupation:
    return Occupation(BookingId(IDS.new()), desk, *period.span, held_until)


def test_a_room_is_free_before_between_and_after_its_bookings() -> None:
    room = Schedule(a_space(), (taken(hours(12, 13)), taken(hours(9, 10))))
    seen = availability(room, hours(8, 18), HOUSE, now=MONDAY)
    assert seen.free == [
        FreePeriod(*period.span, 1) for period in (hours(8, 9), hours(10, 12), hours(13, 18))
    ]
    assert seen.busy == [hours(9, 10).span, hours(12, 13).span]
    assert not seen.is_available


def test_equal_periods_of_several_desks_are_merged_and_counted() -> None:
    zone = Schedule(a_zone(3), (taken(hours(9, 10), 1), taken(hours(9, 10), 2)))
    seen = availability(zone, hours(8, 12), HOUSE, now=MONDAY)
    assert seen.free == [
        FreePeriod(*hours(8, 9).span, 3),
        FreePeriod(*hours(8, 12).span, 1),
        FreePeriod(*hours(10, 12).span, 3),
    ]
    assert seen.busy == []
    assert seen.is_available


def test_a_zone_is_busy_only_while_no_desk_is_free() -> None:
    zone = Schedule(a_zone(2), (taken(hours(9, 11), 1), taken(hours(10, 12), 2)))
    seen = availability(zone, hours(8, 13), HOUSE, now=MONDAY)
    assert seen.busy == [hours(10, 11).span]
    assert seen.free == [
        FreePeriod(*hours(8, 9).span, 2),
        FreePeriod(*hours(8, 10).span, 1),
        FreePeriod(*hours(11, 13).span, 1),
        FreePeriod(*hours(12, 13).span, 2),
    ]


def test_nothing_is_free_or_busy_while_it_is_closed() -> None:
    nine_to_five = OpeningHours.parse({"monday": [["09:00", "17:00"]]})
    room = Schedule(a_space(opening_hours=nine_to_five), (taken(hours(16, 20)),))
    seen = availability(room, hours(0, 48), HOUSE, now=MONDAY)
    assert seen.free == [FreePeriod(*hours(9, 16).span, 1)]
    assert seen.busy == [hours(16, 17).span]


def test_the_past_is_not_free_and_includes_the_current_minute() -> None:
    now = MONDAY + 9 * HOUR + timedelta(seconds=1)
    seen = availability(Schedule(a_space(), ()), hours(8, 18), HOUSE, now=now)
    assert seen.free == [FreePeriod(*Period(MONDAY + 9 * HOUR + MINUTE, hours(0, 18).end).span, 1)]


@pytest.mark.parametrize("now", [hours(0, 18).end, hours(0, 19).end])
def test_a_past_window_has_nothing_free_and_keeps_its_busy_times(now: datetime) -> None:
    room = Schedule(a_space(), (taken(hours(9, 10)),))
    seen = availability(room, hours(8, 18), HOUSE, now=now)
    assert (seen.free, seen.busy, seen.is_available) == ([], [hours(9, 10).span], False)


def test_an_expired_hold_is_free_again() -> None:
    now = MONDAY + HOUR
    room = Schedule(a_space(), (taken(hours(9, 10), held_until=now),))
    seen = availability(room, hours(9, 10), HOUSE, now=now)
    assert (seen.free, seen.busy) == ([FreePeriod(*hours(9, 10).span, 1)], [])
    assert seen.is_available
    still_held = availability(room, hours(9, 10), HOUSE, now=now - timedelta(microseconds=1))
    assert (still_held.free, still_held.busy) == ([], [hours(9, 10).span])
    assert not still_held.is_available


def test_a_night_over_a_clock_change_has_its_real_length() -> None:
    night = OpeningHours.parse({"saturday": [["22:00", "24:00"]], "sunday": [["00:00", "06:00"]]})
    house = House(timezone=NEW_YORK)
    for day, length in (((2026, 3, 8), 7), ((2026, 11, 1), 9), ((2026, 6, 7), 8)):
        midday = datetime(*day, 17, tzinfo=UTC)
        window = Period(midday - DAY, midday)
        room = Schedule(a_space(opening_hours=night), ())
        (free,) = availability(room, window, house, now=midday - DAY).free
        assert free.period.duration == length * HOUR


def test_an_inactive_space_is_never_available() -> None:
    room = a_space()
    assert availability(Schedule(room, ()), hours(9, 10), HOUSE, now=MONDAY).is_available
    gone = Schedule(replace(room, is_active=False), ())
    assert not availability(gone, hours(9, 10), HOUSE, now=MONDAY).is_available


def test_a_window_within_one_minute_has_nothing_free_or_busy() -> None:
    barely = Period(MONDAY + timedelta(seconds=1), MONDAY + timedelta(seconds=59))
    seen = availability(Schedule(a_space(), (taken(hours(0, 1)),)), barely, HOUSE, now=MONDAY)
    assert (seen.free, seen.busy, seen.is_available) == ([], [], False)


def test_free_time_of_a_large_zone_over_two_months_adds_up() -> None:
    desks, days = 100, 62
    busy_desks = tuple(
        taken(hours(24 * day + 9, 24 * day + 17), desk)
        for day in range(days)
        for desk in range(1, desks + 1)
        if (day + desk) % 2
    )
    window = hours(0, 24 * days)
    seen = availability(Schedule(a_zone(desks), busy_desks), window, HOUSE, now=MONDAY)
    assert seen.busy == []
    # Either half of the desks is free from the end of one of its days to the start of the next.
    # Both halves are free before the first day and after the last.
    # before the first day and after the last.
    desks_free = Counter(entry.desks_free for entry in seen.free)
    assert desks_free == {desks // 2: days, desks: 2}
