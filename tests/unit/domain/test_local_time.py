"""The local time of the business: clock changes, months, and the step grid."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.local_time import (
    add_months,
    ceil_minute,
    clock_changes,
    floor_minute,
    instant_of,
    is_on_grid,
    next_on_grid,
    previous_on_grid,
    start_of_day,
    wall_clock,
)
from domain.period import Period
from tests.unit.domain.time_strategies import (
    APIA,
    DAY,
    HOUR,
    KATHMANDU,
    LORD_HOWE,
    MINUTE,
    NEW_YORK,
    minutes_of,
    moments,
    shows_step,
    spans,
)

steps = st.sampled_from([1, 5, 15, 20, 30, 60, 180, 720]).map(lambda minutes: minutes * MINUTE)


def utc(*fields: int) -> datetime:
    return datetime(*fields, tzinfo=UTC)  # type: ignore[arg-type, misc] # year to microsecond


@given(moments())
def test_a_local_time_maps_to_the_first_instant_that_shows_it(
    moment: tuple[ZoneInfo, datetime],
) -> None:
    zone, instant = moment
    back = instant_of(wall_clock(instant, zone), zone)
    is_repeated = bool(instant.astimezone(zone).fold)
    assert back < instant if is_repeated else back == instant
    assert wall_clock(back, zone) == wall_clock(instant, zone)


def test_a_time_that_does_not_exist_is_taken_with_the_offset_before() -> None:
    assert instant_of(datetime(2026, 3, 8, 2, 30), NEW_YORK) == utc(2026, 3, 8, 7, 30)  # noqa: DTZ001 - a wall clock


def test_a_time_that_exists_twice_is_the_first() -> None:
    assert instant_of(datetime(2026, 11, 1, 1, 30), NEW_YORK) == utc(2026, 11, 1, 5, 30)  # noqa: DTZ001 - a wall clock


@pytest.mark.parametrize(
    "start, months, reached",
    [
        ("2026-01-31 10:00", 1, "2026-02-28 10:00"),
        ("2028-01-31 10:00", 1, "2028-02-29 10:00"),
        ("2026-01-31 10:00", 2, "2026-03-31 10:00"),
        ("2026-03-31 10:00", 1, "2026-04-30 10:00"),
        ("2026-12-31 10:00", 2, "2027-02-28 10:00"),
        ("2028-02-29 00:00", 12, "2029-02-28 00:00"),
        ("2026-05-05 23:45", 0, "2026-05-05 23:45"),
    ],
)
def test_months_are_counted_from_the_start_and_clamped_to_the_end_of_the_month(
    start: str, months: int, reached: str
) -> None:
    assert add_months(datetime.fromisoformat(start), months) == datetime.fromisoformat(reached)


@given(moments(), spans(MINUTE, 3 * DAY))
def test_clock_changes_are_where_the_utc_offset_changes(
    moment: tuple[ZoneInfo, datetime], length: timedelta
) -> None:
    zone, start = moment
    offsets = [
        (minute, minute.astimezone(zone).utcoffset())
        for minute in minutes_of(Period(start, start + length))
    ]
    changes = [minute for (_, before), (minute, offset) in pairwise(offsets) if before != offset]
    assert list(clock_changes(Period(start, start + length), zone)) == changes


def test_a_change_is_found_within_a_year_and_not_at_its_edges() -> None:
    change = utc(2026, 3, 8, 7)
    assert change in clock_changes(Period(change - 200 * DAY, change + 166 * DAY), NEW_YORK)
    assert change not in clock_changes(Period(change, change + HOUR), NEW_YORK)
    assert change not in clock_changes(Period(change - HOUR, change), NEW_YORK)
    second = timedelta(seconds=1)
    assert [change] == list(clock_changes(Period(change - second, change + second), NEW_YORK))


def test_the_day_that_apia_skipped_is_one_change() -> None:
    assert list(clock_changes(Period(utc(2011, 12, 29), utc(2011, 12, 31)), APIA)) == [
        utc(2011, 12, 30, 10)
    ]


def test_the_grid_follows_local_time() -> None:
    step = timedelta(minutes=60)
    assert is_on_grid(utc(2026, 3, 2, 4, 15), step, KATHMANDU)  # 10:00
    assert not is_on_grid(utc(2026, 3, 2, 4), step, KATHMANDU)  # 09:45


def test_the_grid_moves_with_the_clock() -> None:
    step = timedelta(minutes=60)
    assert is_on_grid(utc(2026, 4, 4, 14), step, LORD_HOWE)  # 01:00, eleven hours ahead
    assert is_on_grid(utc(2026, 4, 4, 15, 30), step, LORD_HOWE)  # 02:00, half an hour less
    assert not is_on_grid(utc(2026, 4, 4, 15), step, LORD_HOWE)  # 01:30, for the second time


@pytest.mark.parametrize("past", [timedelta(seconds=1), timedelta(microseconds=1)])
def test_a_fraction_of_a_minute_is_off_the_grid(past: timedelta) -> None:
    assert not is_on_grid(utc(2026, 3, 2, 9) + past, timedelta(minutes=15), NEW_YORK)


@given(moments(), steps, st.sampled_from([0, 1, 29_999_999, 59_999_999]))
def test_the_next_and_the_previous_grid_points_are_the_nearest(
    moment: tuple[ZoneInfo, datetime], step: timedelta, microseconds: int
) -> None:
    zone, minute = moment
    instant = minute + timedelta(microseconds=microseconds)
    later = next(
        start
        for start in (minute + n * MINUTE for n in range(2 * 1440))
        if start >= instant and shows_step(start, step, zone)
    )
    earlier = next(
        start
        for start in (minute - n * MINUTE for n in range(2 * 1440))
        if shows_step(start, step, zone)
    )
    assert next_on_grid(instant, step, zone) == later
    assert previous_on_grid(instant, step, zone) == earlier
    assert is_on_grid(instant, step, zone) is shows_step(instant, step, zone)


def test_a_local_day_begins_at_local_midnight() -> None:
    assert start_of_day(datetime(2026, 3, 8).date(), NEW_YORK) == utc(2026, 3, 8, 5)  # noqa: DTZ001 - a date
    assert start_of_day(datetime(2026, 3, 9).date(), NEW_YORK) == utc(2026, 3, 9, 4)  # noqa: DTZ001 - a date


@given(moments(), st.integers(0, 59_999_999))
def test_an_instant_lies_between_its_whole_minutes(
    moment: tuple[ZoneInfo, datetime], microseconds: int
) -> None:
    _, minute = moment
    instant = minute + timedelta(microseconds=microseconds)
    assert floor_minute(instant) == minute
    assert ceil_minute(instant) == (minute + MINUTE if microseconds else minute)
