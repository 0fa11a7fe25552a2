"""Opening hours: their format, and when the local time is within them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidValue
from domain.opening_hours import OpeningHours, open_periods
from domain.period import Period
from tests.unit.domain.time_strategies import (
    APIA,
    DAY,
    HOUR,
    MINUTE,
    NEW_YORK,
    minutes_of,
    moments,
    runs,
    shows_open,
    spans,
    weeks,
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def between(start: str, end: str) -> Period:
    return Period(utc(start), utc(end))


@given(weeks)
def test_a_formatted_week_parses_back(hours: OpeningHours) -> None:
    assert OpeningHours.parse(hours.as_week()) == hours


@given(weeks)
def test_a_formatted_week_lists_only_open_days_with_two_digit_clock_times(
    hours: OpeningHours,
) -> None:
    week = hours.as_week()
    assert all(week.values())
    clocks = [clock for intervals in week.values() for interval in intervals for clock in interval]
    assert all(re.fullmatch(r"\d\d:\d\d", clock) for clock in clocks)


def test_a_week_is_parsed_day_by_day_and_a_missing_day_is_closed() -> None:
    hours = OpeningHours.parse({"sunday": [["13:00", "24:00"], ["09:00", "12:30"]], "friday": []})
    assert hours.days == ((), (), (), (), (), (), ((540, 750), (780, 1440)))
    assert hours.as_week() == {"sunday": [["09:00", "12:30"], ["13:00", "24:00"]]}


def test_intervals_of_a_day_may_touch() -> None:
    touching = OpeningHours.parse({"monday": [["09:00", "12:00"], ["12:00", "18:00"]]})
    assert open_periods(touching, between("2026-03-02", "2026-03-03"), ZoneInfo("UTC")) == [
        between("2026-03-02 09:00", "2026-03-02 18:00")
    ]


MALFORMED: dict[str, Any] = {
    "no object": [["09:00", "18:00"]],
    "nothing": None,
    "text": "always",
    "a number": 24,
    "an unknown day": {"mon": [["09:00", "18:00"]]},
    "a capital": {"Monday": [["09:00", "18:00"]]},
    "a day in Turkish": {"pazartesi": []},
    "a day that is no text": {1: []},
    "an endless day": {"x" * 10_000: []},
    "a day of null": {"monday": None},
    "a day of text": {"monday": "09:00-18:00"},
    "a day of bytes": {"monday": b"09:00"},
    "a day of an object": {"monday": {"09:00": "18:00"}},
    "a bare interval": {"monday": ["09:00", "18:00"]},
    "an interval of one": {"monday": [["09:00"]]},
    "an interval of three": {"monday": [["09:00", "12:00", "18:00"]]},
    "an interval of none": {"monday": [[]]},
    "an interval of text": {"monday": ["ab"]},
    "an interval of null": {"monday": [None]},
    "numbers": {"monday": [[9, 18]]},
    "nulls": {"monday": [[None, None]]},
    "one digit": {"monday": [["9:00", "18:00"]]},
    "seconds": {"monday": [["09:00:00", "18:00:00"]]},
    "no colon": {"monday": [["0900", "1800"]]},
    "hour 25": {"monday": [["09:00", "25:00"]]},
    "past 24:00": {"monday": [["09:00", "24:01"]]},
    "minute 60": {"monday": [["09:00", "17:60"]]},
    "a sign": {"monday": [["-1:00", "18:00"]]},
    "white space": {"monday": [[" 09:00", "18:00"]]},
    "a newline": {"monday": [["09:00\n", "18:00"]]},
    "other digits": {"monday": [["\u0660\u0669:\u0660\u0660", "18:00"]]},
    "am and pm": {"monday": [["9 am", "6 pm"]]},
    "empty clocks": {"monday": [["", ""]]},
    "opens at 24:00": {"monday": [["24:00", "24:00"]]},
    "no length": {"monday": [["09:00", "09:00"]]},
    "reversed": {"monday": [["18:00", "09:00"]]},
    "over midnight": {"monday": [["22:00", "02:00"]]},
    "overlapping": {"monday": [["09:00", "13:00"], ["12:00", "18:00"]]},
    "twice the same": {"monday": [["09:00", "13:00"], ["09:00", "13:00"]]},
    "one within another": {"monday": [["09:00", "18:00"], ["10:00", "11:00"]]},
    "too many": {"monday": [["09:00", "18:00"]] * 2_000},
}


@pytest.mark.parametrize("week", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_week_is_rejected_with_a_message(week: object) -> None:
    with pytest.raises(InvalidValue) as refusal:
        OpeningHours.parse(week)
    assert re.fullmatch(r"[A-Z].{10,120}\.", refusal.value.message)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["monday", "sunday", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(json | st.fixed_dictionaries({"monday": json}))
def test_a_value_of_a_wrong_type_is_rejected_in_the_same_way(week: object) -> None:
    try:
        hours = OpeningHours.parse(week)
    except InvalidValue:
        return
    assert OpeningHours.parse(hours.as_week()) == hours


@pytest.mark.parametrize("days", [(), ((),) * 6, ((),) * 8])
def test_a_week_has_seven_days(days: tuple[tuple[()], ...]) -> None:
    with pytest.raises(InvalidValue):
        OpeningHours(days)


@given(weeks, moments(), spans(MINUTE, 3 * DAY))
def test_it_is_open_whenever_the_local_time_is_within_an_interval(
    hours: OpeningHours, moment: tuple[ZoneInfo, datetime], length: timedelta
) -> None:
    zone, start = moment
    window = Period(start, start + length)
    shown = runs(minute for minute in minutes_of(window) if shows_open(hours, minute, zone))
    assert open_periods(hours, window, zone) == shown


@given(weeks, moments(), st.integers(0, 10**11), st.integers(1, 10**11))
def test_open_periods_are_clipped_to_the_window_to_the_microsecond(
    hours: OpeningHours, moment: tuple[ZoneInfo, datetime], lead: int, length: int
) -> None:
    zone, minute = moment
    start = minute + timedelta(microseconds=lead)
    window = Period(start, start + timedelta(microseconds=length))
    wider = Period(minute, minute + 3 * DAY)
    cut = [
        part for period in open_periods(hours, wider, zone) if (part := period.intersection(window))
    ]
    assert open_periods(hours, window, zone) == cut


def test_without_opening_hours_it_is_always_open() -> None:
    window = Period(utc("2026-03-02"), utc("2026-03-02") + timedelta(microseconds=1))
    assert open_periods(None, window, NEW_YORK) == [window]


def test_a_week_without_intervals_is_never_open() -> None:
    assert open_periods(OpeningHours.parse({}), between("2026-03-02", "2026-05-02"), APIA) == []


def test_a_day_closing_at_24_continues_into_one_opening_at_0() -> None:
    hours = OpeningHours.parse({"friday": [["20:00", "24:00"]], "saturday": [["00:00", "02:00"]]})
    friday_night = between("2026-03-07 01:00", "2026-03-07 07:00")
    assert open_periods(hours, between("2026-03-02", "2026-03-09"), NEW_YORK) == [friday_night]


def test_sunday_night_continues_into_monday() -> None:
    hours = OpeningHours.parse({"sunday": [["22:00", "24:00"]], "monday": [["00:00", "01:00"]]})
    opened = open_periods(hours, between("2026-03-01", "2026-03-03"), ZoneInfo("UTC"))
    assert opened == [between("2026-03-01 22:00", "2026-03-02 01:00")]


def test_a_day_opening_after_0_is_a_separate_period() -> None:
    hours = OpeningHours.parse({"friday": [["20:00", "24:00"]], "saturday": [["00:01", "02:00"]]})
    assert len(open_periods(hours, between("2026-03-02", "2026-03-09"), NEW_YORK)) == 2


def test_an_always_open_week_is_not_split_at_clock_changes() -> None:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    always = OpeningHours.parse({day: [["00:00", "24:00"]] for day in days})
    year = between("2026-01-01", "2027-01-01")
    assert open_periods(always, year, NEW_YORK) == [year]


def test_an_interval_that_the_clock_skips_never_opens() -> None:
    hours = OpeningHours.parse({"sunday": [["02:15", "02:45"]]})
    assert open_periods(hours, between("2026-03-08", "2026-03-09"), NEW_YORK) == []
    assert len(open_periods(hours, between("2026-03-15", "2026-03-16"), NEW_YORK)) == 1


def test_an_interval_that_the_clock_repeats_opens_twice() -> None:
    hours = OpeningHours.parse({"sunday": [["01:15", "01:45"]]})
    assert open_periods(hours, between("2026-11-01", "2026-11-02"), NEW_YORK) == [
        between("2026-11-01 05:15", "2026-11-01 05:45"),
        between("2026-11-01 06:15", "2026-11-01 06:45"),
    ]


def test_a_day_over_a_clock_change_is_an_hour_shorter_or_longer() -> None:
    hours = OpeningHours.parse({"sunday": [["00:00", "24:00"]]})
    (spring,) = open_periods(hours, between("2026-03-08", "2026-03-10"), NEW_YORK)
    (autumn,) = open_periods(hours, between("2026-11-01", "2026-11-03"), NEW_YORK)
    assert (spring.duration, autumn.duration) == (23 * HOUR, 25 * HOUR)


def test_a_weekday_that_the_calendar_skipped_never_opens() -> None:
    hours = OpeningHours.parse({"friday": [["00:00", "24:00"]]})
    assert open_periods(hours, between("2011-12-28", "2012-01-05"), APIA) == []
