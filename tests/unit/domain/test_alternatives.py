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
from tests.unit.domain.schedules import World, second_fractions, worlds
from tests.unit.domain.worlds import DAY, HOUR, LORD_HOWE, MINUTE, minutes_of, spans

HOUSE = House(timezone=ZoneInfo("UTC"))


@st.composite
def requests(draw: st.DrawFn, world: World) -> Period:
    """A period that may well be taken, mostly on the grid."""
    start = world.start + draw(st.integers(-16, 32)) * 15 * MINUTE
    return Period(start, start + draw(st.sampled_from([1, 2, 4, 12, 32])) * 15 * MINUTE)


def searches(world: World) -> st.SearchStrategy[Period]:
    def around(before: timedelta, length: timedelta, fraction: timedelta) -> Period:
        start = world.start - before + fraction
        return Period(start, start + length)

    return st.builds(around, spans(-6 * HOUR, DAY), spans(HOUR, 2 * DAY), second_fractions)


def nearest_of_all(world: World, wanted: Period, searched: Period) -> tuple[Period, ...]:
    """The three nearest within what was searched, found by trying every minute."""
    every = [Period(start, start + wanted.duration) for start in minutes_of(searched)]
    bookable = [
        period for period in every if period.end <= searched.end and world.would_be_accepted(period)
    ]
    bookable.sort(key=lambda period: (abs(period.start - wanted.start), period.start))
    return tuple(bookable[:3])


@given(st.data(), worlds())
def test_the_nearest_three_of_all_that_could_be_booked_are_found(
    data: st.DataObject, world: World
) -> None:
    if not world.space.is_active:
        return  # Nobody is offered anything there.
    wanted, searched = data.draw(requests(world)), data.draw(searches(world))
    found = nearest_alternatives(world.schedule, wanted, searched, world.house, now=world.now)
    assert found.periods == nearest_of_all(world, wanted, searched)


@given(st.data(), worlds())
def test_what_is_final_stays_so_however_much_more_is_searched(
    data: st.DataObject, world: World
) -> None:
    wanted, searched = data.draw(requests(world)), data.draw(searches(world))
    found = nearest_alternatives(world.schedule, wanted, searched, world.house, now=world.now)
    wider = Period(searched.start - 3 * DAY, searched.end + 3 * DAY)
    more = nearest_alternatives(world.schedule, wanted, wider, world.house, now=world.now)
    if found.are_final:
        assert more.periods == found.periods
        assert more.are_final
    else:
        limits = search_limits(wanted, world.house, now=world.now)
        assert not searched.contains(limits)


@settings(max_examples=settings().max_examples // 10)
@given(st.data(), worlds())
def test_a_search_of_everything_is_final(data: st.DataObject, world: World) -> None:
    wanted = data.draw(requests(world))
    everything = search_limits(wanted, world.house, now=world.now)
    found = nearest_alternatives(world.schedule, wanted, everything, world.house, now=world.now)
    assert found.are_final


def taken(period: Period, desk: int = 1) -> Occupation:
    return Occupation(BookingId(IDS.new()), desk, *period.span)


def offered(
    space: Space,
    occupations: list[Occupation],
    wanted: Period,
    *,
    searched: Period | None = None,
    house: House = HOUSE,
    now: datetime = MONDAY,
) -> list[Period]:
    schedule = Schedule(space, tuple(occupations))
    searched = searched or search_limits(wanted, house, now=now)
    return list(nearest_alternatives(schedule, wanted, searched, house, now=now).periods)


def test_the_nearest_start_comes_first_and_the_earlier_on_a_tie() -> None:
    assert offered(a_space(), [taken(hours(12, 13))], hours(12, 13)) == [
        hours(11, 12),
        hours(13, 14),
        hours(10.75, 11.75),
    ]


def test_they_may_overlap_one_another_and_lie_on_the_step_grid() -> None:
    assert offered(a_space(), [taken(hours(0, 12))], hours(11, 12)) == [
        hours(12, 13),
        hours(12.25, 13.25),
        hours(12.5, 13.5),
    ]


def test_a_gap_that_is_too_short_is_no_alternative() -> None:
    gaps = [taken(hours(9, 10)), taken(hours(10.75, 13))]
    assert offered(a_space(), gaps, hours(9, 10))[0] == hours(8, 9)
    assert hours(10, 11) not in offered(a_space(), gaps, hours(9, 10))


def test_another_desk_that_is_free_at_the_wanted_time_is_found_there() -> None:
    found = offered(a_zone(2), [taken(hours(9, 10), 1), taken(hours(9.5, 11), 2)], hours(9, 10))
    assert found[0] == hours(8.5, 9.5)


def test_they_lie_within_one_opening_interval() -> None:
    split = OpeningHours.parse({"monday": [["09:00", "12:00"], ["13:00", "18:00"]]})
    found = offered(a_space(opening_hours=split), [taken(hours(9, 12))], hours(11, 12.5))
    assert found == [hours(13, 14.5), hours(13.25, 14.75), hours(13.5, 15)]


def test_none_starts_in_the_past_but_for_one_step() -> None:
    now = MONDAY + 9 * HOUR
    found = offered(a_space(), [taken(hours(9, 10))], hours(9, 10), now=now)
    assert found == [hours(10, 11), hours(10.25, 11.25), hours(10.5, 11.5)]
    short = offered(a_space(), [taken(hours(9, 10))], hours(9, 9.25), now=now)
    assert short[0] == hours(8.75, 9)


def test_a_start_at_the_end_of_the_horizon_is_the_last() -> None:
    wanted = hours(24 * 730, 24 * 730 + 1)
    found = offered(a_space(), [taken(wanted)], wanted)
    assert found == [
        Period(wanted.start - n * 15 * MINUTE, wanted.end - n * 15 * MINUTE) for n in (4, 5, 6)
    ]


def test_a_full_house_has_no_alternative() -> None:
    wanted = hours(9, 10)
    years = [taken(Period(MONDAY - DAY, MONDAY + 1200 * DAY))]
    assert offered(a_space(), years, wanted) == []


def test_steps_that_a_half_hour_change_puts_off_the_grid_are_skipped() -> None:
    house = House(timezone=LORD_HOWE, booking_step=HOUR)
    # The clock goes back by half an hour at 15:00 UTC: hours before are whole in UTC, then not.
    change = datetime.fromisoformat("2026-04-04T15:00:00Z")
    wanted = Period(change - 5 * HOUR, change - 3 * HOUR)
    found = offered(a_space(), [taken(wanted)], wanted, house=house, now=change - 4 * DAY)
    assert found[0] == Period(change - 7 * HOUR, change - 5 * HOUR)
    assert found[1] == Period(change - 3 * HOUR, change - 1 * HOUR)
    taken_before = [taken(Period(change - 4 * DAY, change - HOUR))]
    later = offered(a_space(), taken_before, wanted, house=house, now=change - 4 * DAY)
    assert later[0].start == change + HOUR / 2


@pytest.mark.parametrize(
    "searched, is_final",
    [
        (hours(10.75, 14.25), True),  # as far as the third either way
        (hours(11, 14.25), False),  # an earlier one could be as near
        (hours(10.75, 13.75), False),  # the same, later
        (hours(13, 30), False),
        (hours(12, 13), False),
    ],
)
def test_alternatives_are_final_when_nothing_nearer_can_lie_outside_of_what_was_searched(
    searched: Period, *, is_final: bool
) -> None:
    room = Schedule(a_space(), (taken(hours(12, 13)),))
    found = nearest_alternatives(room, hours(12, 13), searched, HOUSE, now=MONDAY)
    assert found.are_final is is_final


def test_a_search_that_lies_beyond_all_limits_finds_nothing() -> None:
    room = Schedule(a_space(), ())
    before = Period(MONDAY - 2 * DAY, MONDAY - DAY)
    found = nearest_alternatives(room, hours(12, 13), before, HOUSE, now=MONDAY)
    assert (found.periods, found.are_final) == ((), False)
