"""Alternatives equal an oracle that tries every minute at which a booking could start."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.alternatives import nearest_alternatives, search_limits
from domain.house import House
from domain.ids import BookingId
from domain.opening_hours import OpeningHours
from domain.period import Period
from domain.schedule import Occupation, Schedule
from domain.spaces import Space
from tests.entities import IDS, MONDAY, a_space, a_zone, hours
from tests.unit.domain.schedules import Scenario, scenarios, second_fractions
from tests.unit.domain.time_strategies import DAY, HOUR, LORD_HOWE, MINUTE, minutes_of, spans

HOUSE = House(timezone=ZoneInfo("UTC"))


@st.composite
def requests(draw: st.DrawFn, scenario: Scenario) -> Period:
    """A period that is probably taken, mostly on the grid."""
    start = scenario.start + draw(st.integers(-16, 32)) * 15 * MINUTE
    return Period(start, start + draw(st.sampled_from([1, 2, 4, 12, 32])) * 15 * MINUTE)


def searches(scenario: Scenario) -> st.SearchStrategy[Period]:
    def around(before: timedelta, length: timedelta, fraction: timedelta) -> Period:
        start = scenario.start - before + fraction
        return Period(start, start + length)

    return st.builds(around, spans(-6 * HOUR, DAY), spans(HOUR, 2 * DAY), second_fractions)


def nearest_of_all(scenario: Scenario, requested: Period, searched: Period) -> tuple[Period, ...]:
    """Return the three nearest periods within the searched window, by trying every minute."""
    every = [Period(start, start + requested.duration) for start in minutes_of(searched)]
    bookable = [
        period
        for period in every
        if period.end <= searched.end and scenario.would_be_accepted(period)
    ]
    bookable.sort(key=lambda period: (abs(period.start - requested.start), period.start))
    return tuple(bookable[:3])


@given(st.data(), scenarios())
def test_the_three_nearest_bookable_periods_are_returned(
    data: st.DataObject, scenario: Scenario
) -> None:
    if not scenario.space.is_active:
        return  # An inactive space has no alternatives.
    requested, searched = data.draw(requests(scenario)), data.draw(searches(scenario))
    alternatives = nearest_alternatives(
        scenario.schedule, requested, searched, scenario.house, now=scenario.now
    )
    assert alternatives.periods == nearest_of_all(scenario, requested, searched)


@given(st.data(), scenarios())
def test_a_final_result_does_not_change_with_a_wider_search(
    data: st.DataObject, scenario: Scenario
) -> None:
    requested, searched = data.draw(requests(scenario)), data.draw(searches(scenario))
    alternatives = nearest_alternatives(
        scenario.schedule, requested, searched, scenario.house, now=scenario.now
    )
    wider = Period(searched.start - 3 * DAY, searched.end + 3 * DAY)
    more = nearest_alternatives(
        scenario.schedule, requested, wider, scenario.house, now=scenario.now
    )
    if alternatives.are_final:
        assert more.periods == alternatives.periods
        assert more.are_final
    else:
        limits = search_limits(requested, scenario.house, now=scenario.now)
        assert not searched.contains(limits)


@settings(max_examples=settings().max_examples // 10)
@given(st.data(), scenarios())
def test_a_search_of_everything_is_final(data: st.DataObject, scenario: Scenario) -> None:
    requested = data.draw(requests(scenario))
    everything = search_limits(requested, scenario.house, now=scenario.now)
    alternatives = nearest_alternatives(
        scenario.schedule, requested, everything, scenario.house, now=scenario.now
    )
    assert alternatives.are_final


def taken(period: Period, desk: int = 1) -> Occupation:
    return Occupation(BookingId(IDS.new()), desk, *period.span)


def offered(
    space: Space,
    occupations: list[Occupation],
    requested: Period,
    *,
    searched: Period | None = None,
    house: House = HOUSE,
    now: datetime = MONDAY,
) -> list[Period]:
    schedule = Schedule(space, tuple(occupations))
    searched = searched or search_limits(requested, house, now=now)
    return list(nearest_alternatives(schedule, requested, searched, house, now=now).periods)


def test_the_nearest_start_comes_first_and_the_earlier_one_on_a_tie() -> None:
    assert offered(a_space(), [taken(hours(12, 13))], hours(12, 13)) == [
        hours(11, 12),
        hours(13, 14),
        hours(10.75, 11.75),
    ]


def test_alternatives_may_overlap_each_other_and_are_on_the_step_grid() -> None:
    assert offered(a_space(), [taken(hours(0, 12))], hours(11, 12)) == [
        hours(12, 13),
        hours(12.25, 13.25),
        hours(12.5, 13.5),
    ]


def test_a_gap_that_is_too_short_is_no_alternative() -> None:
    gaps = [taken(hours(9, 10)), taken(hours(10.75, 13))]
    assert offered(a_space(), gaps, hours(9, 10))[0] == hours(8, 9)
    assert hours(10, 11) not in offered(a_space(), gaps, hours(9, 10))


def test_another_desk_that_is_free_at_the_requested_time_is_returned() -> None:
    alternatives = offered(
        a_zone(2), [taken(hours(9, 10), 1), taken(hours(9.5, 11), 2)], hours(9, 10)
    )
    assert alternatives[0] == hours(8.5, 9.5)


def test_they_lie_within_one_opening_interval() -> None:
    split = OpeningHours.parse({"monday": [["09:00", "12:00"], ["13:00", "18:00"]]})
    alternatives = offered(a_space(opening_hours=split), [taken(hours(9, 12))], hours(11, 12.5))
    assert alternatives == [hours(13, 14.5), hours(13.25, 14.75), hours(13.5, 15)]


def test_none_starts_more_than_one_step_in_the_past() -> None:
    now = MONDAY + 9 * HOUR
    alternatives = offered(a_space(), [taken(hours(9, 10))], hours(9, 10), now=now)
    assert alternatives == [hours(10, 11), hours(10.25, 11.25), hours(10.5, 11.5)]
    short = offered(a_space(), [taken(hours(9, 10))], hours(9, 9.25), now=now)
    assert short[0] == hours(8.75, 9)


def test_a_start_at_the_booking_horizon_is_the_last() -> None:
    requested = hours(24 * 730, 24 * 730 + 1)
    alternatives = offered(a_space(), [taken(requested)], requested)
    assert alternatives == [
        Period(requested.start - n * 15 * MINUTE, requested.end - n * 15 * MINUTE)
        for n in (4, 5, 6)
    ]


def test_a_fully_booked_space_has_no_alternative() -> None:
    requested = hours(9, 10)
    years = [taken(Period(MONDAY - DAY, MONDAY + 1200 * DAY))]
    assert offered(a_space(), years, requested) == []


def test_steps_that_a_half_hour_change_moves_off_the_grid_are_skipped() -> None:
    house = House(timezone=LORD_HOWE, booking_step=HOUR)
    # The clock goes back by half an hour at 15:00 UTC: local hours are whole in UTC before, not
    # after.
    change = datetime.fromisoformat("2026-04-04T15:00:00Z")
    requested = Period(change - 5 * HOUR, change - 3 * HOUR)
    alternatives = offered(
        a_space(), [taken(requested)], requested, house=house, now=change - 4 * DAY
    )
    assert alternatives[0] == Period(change - 7 * HOUR, change - 5 * HOUR)
    assert alternatives[1] == Period(change - 3 * HOUR, change - 1 * HOUR)
    taken_before = [taken(Period(change - 4 * DAY, change - HOUR))]
    later = offered(a_space(), taken_before, requested, house=house, now=change - 4 * DAY)
    assert later[0].start == change + HOUR / 2


@pytest.mark.parametrize(
    "searched, is_final",
    [
        (hours(10.75, 14.25), True),  # as far as the third in both directions
        (hours(11, 14.25), False),  # an earlier one could be as near
        (hours(10.75, 13.75), False),  # the same, later
        (hours(13, 30), False),
        (hours(12, 13), False),
    ],
)
def test_alternatives_are_final_when_nothing_nearer_can_lie_outside_the_searched_window(
    searched: Period, *, is_final: bool
) -> None:
    room = Schedule(a_space(), (taken(hours(12, 13)),))
    alternatives = nearest_alternatives(room, hours(12, 13), searched, HOUSE, now=MONDAY)
    assert alternatives.are_final is is_final


def test_a_search_beyond_all_limits_returns_nothing() -> None:
    room = Schedule(a_space(), ())
    before = Period(MONDAY - 2 * DAY, MONDAY - DAY)
    alternatives = nearest_alternatives(room, hours(12, 13), before, HOUSE, now=MONDAY)
    assert (alternatives.periods, alternatives.are_final) == ((), False)
