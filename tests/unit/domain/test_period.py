"""Period: half-open, and in UTC."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import EndBeforeStart, InvalidValue
from domain.period import EARLIEST, LATEST, Period
from tests.entities import MONDAY, hours
from tests.unit.domain.time_strategies import MINUTE, minutes_of


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(st.integers(0, 60))
    length = draw(st.integers(1, 30))
    return Period(MONDAY + start * MINUTE, MONDAY + (start + length) * MINUTE)


def minute_set(some: list[Period]) -> set[datetime]:
    return {minute for period in some for minute in minutes_of(period)}


@given(periods(), periods())
def test_periods_overlap_when_they_share_a_minute_and_overlap_is_symmetric(
    first: Period, second: Period
) -> None:
    share = bool(minute_set([first]) & minute_set([second]))
    assert first.overlaps(second) is second.overlaps(first) is share


def test_a_touching_period_does_not_overlap() -> None:
    assert not hours(9, 10).overlaps(hours(10, 11))
    assert not hours(10, 11).overlaps(hours(9, 10))
    assert hours(9, 10).intersection(hours(10, 11)) is None


def test_a_period_overlaps_by_its_last_microsecond() -> None:
    barely = Period(hours(9, 10).end - timedelta(microseconds=1), hours(9, 11).end)
    assert hours(9, 10).overlaps(barely)


@given(periods(), periods())
def test_the_intersection_is_what_both_cover(first: Period, second: Period) -> None:
    shared = first.intersection(second)
    assert minute_set([shared] if shared else []) == minute_set([first]) & minute_set([second])


@given(periods(), periods())
def test_a_period_contains_another_when_it_covers_all_its_minutes(
    first: Period, second: Period
) -> None:
    assert first.contains(second) is (minute_set([first]) >= minute_set([second]))


def test_the_duration_of_a_period_is_elapsed_time() -> None:
    assert hours(9, 10.5).duration == timedelta(minutes=90)


@pytest.mark.parametrize("length", [timedelta(0), -timedelta(microseconds=1), -timedelta(days=1)])
def test_a_period_has_to_end_after_it_starts(length: timedelta) -> None:
    with pytest.raises(EndBeforeStart):
        Period(MONDAY, MONDAY + length)


@pytest.mark.parametrize("zone", [None, timezone(timedelta(hours=3)), ZoneInfo("Europe/Istanbul")])
def test_a_period_is_always_in_utc(zone: timezone | ZoneInfo | None) -> None:
    elsewhere = datetime(2026, 3, 2, 9, tzinfo=zone)
    with pytest.raises(ValueError, match="UTC"):
        Period(elsewhere, datetime(2026, 3, 3, tzinfo=UTC))
    with pytest.raises(ValueError, match="UTC"):
        Period(datetime(2026, 3, 1, tzinfo=UTC), elsewhere)


@pytest.mark.parametrize("year", [1, 9999])
def test_a_period_near_the_limits_of_datetime_is_rejected(year: int) -> None:
    with pytest.raises(InvalidValue):
        Period(datetime(year, 1, 1, tzinfo=UTC), datetime(year, 1, 2, tzinfo=UTC))


def test_a_period_may_reach_from_the_earliest_time_to_the_latest() -> None:
    assert Period(EARLIEST, LATEST).duration == LATEST - EARLIEST
