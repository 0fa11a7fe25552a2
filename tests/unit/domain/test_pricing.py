"""Pricing: the cheapest combination of months, then days, then hours.

The oracle tries every number of months and days, and shares no code with the implementation.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil, floor
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.money import ZERO, Money
from domain.period import Period
from domain.pricing import Line, Quote, Unit, cheapest_cover
from domain.tariff import Tariff
from tests.unit.domain.time_strategies import (
    APIA,
    DAY,
    HOUR,
    LORD_HOWE,
    MINUTE,
    NEW_YORK,
    moments,
    spans,
)

UTC_ZONE = ZoneInfo("UTC")


def months_later(wall: datetime, months: int) -> datetime:
    month_number = wall.year * 12 + wall.month - 1 + months
    year, month = month_number // 12, month_number % 12 + 1
    return wall.replace(year=year, month=month, day=min(wall.day, monthrange(year, month)[1]))


def every_cover(period: Period, tariff: Tariff, zone: ZoneInfo) -> Iterator[tuple[int, ...]]:
    """Yield (cents, months, days, minutes) of every cover without a superfluous month or day."""
    wall = period.start.astimezone(zone).replace(tzinfo=None)
    for months in range(14 if tariff.monthly is not None else 1):
        for days in range(368 if tariff.daily is not None else 1):
            local = (months_later(wall, months) + days * DAY).replace(tzinfo=zone, fold=0)
            reached = local.astimezone(UTC) if months or days else period.start
            units = months * (tariff.monthly or ZERO).cents + days * (tariff.daily or ZERO).cents
            if reached >= period.end:
                yield units, months, days, 0
                if days == 0:
                    return
                break
            if tariff.hourly is not None:
                minutes = ceil((period.end - reached) / MINUTE)
                cents = Fraction(tariff.hourly.cents * minutes, 60)
                yield units + floor(cents + Fraction(1, 2)), months, days, minutes


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    """Random rates, mostly so that a day costs about 24 hours and a month about 30 days."""
    hourly = draw(st.integers(0, 40) | st.integers(0, 100_000))
    daily = draw(
        st.integers(22 * hourly, 26 * hourly) | st.just(24 * hourly) | st.integers(0, 100_000)
    )
    monthly = draw(st.integers(27 * daily, 32 * daily) | st.integers(0, 1_000_000))
    offered = draw(st.sets(st.sampled_from(["hourly", "daily", "monthly"]), min_size=1))
    rates = {"hourly": hourly, "daily": daily, "monthly": monthly}
    return Tariff(**{name: Money(cents) for name, cents in rates.items() if name in offered})


def price(period: Period, tariff: Tariff, zone: ZoneInfo) -> Money:
    return Quote(cheapest_cover(period, tariff, zone)).full_price


def check_against_every_cover(period: Period, tariff: Tariff, zone: ZoneInfo) -> None:
    cheapest = min(
        every_cover(period, tariff, zone), key=lambda cover: (cover[0], -cover[1], -cover[2])
    )
    lines = cheapest_cover(period, tariff, zone)
    counts = {line.unit: line.count for line in lines}
    quantities = tuple(counts.get(unit, 0) for unit in (Unit.MONTH, Unit.DAY, Unit.HOUR))
    assert (Quote(lines).full_price.cents, *quantities) == cheapest


@given(moments(), spans(MINUTE, 8 * DAY), tariffs())
def test_no_other_cover_of_some_days_is_cheaper(
    moment: tuple[ZoneInfo, datetime], length: timedelta, tariff: Tariff
) -> None:
    zone, start = moment
    check_against_every_cover(Period(start, start + length), tariff, zone)


@given(moments(within=40 * DAY), spans(15 * MINUTE, 100 * DAY), tariffs())
def test_no_other_cover_of_some_months_is_cheaper(
    moment: tuple[ZoneInfo, datetime], length: timedelta, tariff: Tariff
) -> None:
    zone, start = moment
    check_against_every_cover(Period(start, start + length), tariff, zone)


@settings(max_examples=settings().max_examples // 5)
@given(moments(within=200 * DAY), spans(300 * DAY, 366 * DAY), tariffs())
def test_no_other_cover_of_a_year_is_cheaper(
    moment: tuple[ZoneInfo, datetime], length: timedelta, tariff: Tariff
) -> None:
    zone, start = moment
    check_against_every_cover(Period(start, start + length), tariff, zone)


@given(moments(), spans(MINUTE, 40 * DAY), spans(MINUTE, 3 * DAY), tariffs())
def test_a_longer_booking_with_the_same_start_never_costs_less(
    moment: tuple[ZoneInfo, datetime], length: timedelta, more: timedelta, tariff: Tariff
) -> None:
    zone, start = moment
    shorter = price(Period(start, start + length), tariff, zone)
    assert shorter <= price(Period(start, start + length + more), tariff, zone)


@given(moments(), spans(MINUTE, 60 * DAY), tariffs())
def test_the_lines_name_the_units_in_order_at_their_rates(
    moment: tuple[ZoneInfo, datetime], length: timedelta, tariff: Tariff
) -> None:
    zone, start = moment
    lines = cheapest_cover(Period(start, start + length), tariff, zone)
    units = [line.unit for line in lines]
    assert units == [unit for unit in (Unit.MONTH, Unit.DAY, Unit.HOUR) if unit in units]
    rates = {Unit.MONTH: tariff.monthly, Unit.DAY: tariff.daily, Unit.HOUR: tariff.hourly}
    assert all(line.count > 0 and line.unit_price == rates[line.unit] for line in lines)


def local(text: str, zone: ZoneInfo = UTC_ZONE, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def cover(start: str, end: str, tariff: Tariff, zone: ZoneInfo = UTC_ZONE) -> dict[str, str]:
    """Return the quantities by unit, for local times."""
    period = Period(local(start, zone), local(end, zone))
    return {str(line.unit): line.quantity for line in cheapest_cover(period, tariff, zone)}


FULL = Tariff(hourly=Money(10_00), daily=Money(50_00), monthly=Money(600_00))
NO_DISCOUNT = Tariff(hourly=Money(1_00), daily=Money(24_00), monthly=Money(9_999_00))


@pytest.mark.parametrize(
    "start, end, expected",
    [
        ("2026-03-02 09:00", "2026-03-02 13:45", {"hour": "4.75"}),
        ("2026-03-02 09:00", "2026-03-02 14:00", {"day": "1"}),  # a day costs the same
        ("2026-03-02 09:00", "2026-03-02 18:00", {"day": "1"}),
        ("2026-03-02 09:00", "2026-03-03 11:00", {"day": "1", "hour": "2"}),
        ("2026-03-02 09:00", "2026-03-12 09:00", {"day": "10"}),
        ("2026-03-02 09:00", "2026-03-14 09:00", {"month": "1"}),  # twelve days cost the same
        ("2026-03-02 09:00", "2026-04-02 09:00", {"month": "1"}),
        ("2026-03-02 09:00", "2026-04-03 10:00", {"month": "1", "day": "1", "hour": "1"}),
        ("2026-03-02 00:00", "2027-03-02 00:00", {"month": "12"}),
    ],
)
def test_a_period_is_covered_with_months_then_days_then_hours(
    start: str, end: str, expected: dict[str, str]
) -> None:
    assert cover(start, end, FULL) == expected


@pytest.mark.parametrize(
    "start, end",
    [
        ("2026-01-31 10:00", "2026-02-28 10:00"),
        ("2028-01-31 10:00", "2028-02-29 10:00"),
        ("2028-02-29 10:00", "2028-03-29 10:00"),
        ("2026-08-31 00:00", "2026-09-30 00:00"),
    ],
)
def test_a_month_from_the_31st_ends_at_the_end_of_the_next_month(start: str, end: str) -> None:
    monthly = Tariff(hourly=Money(1_00), monthly=Money(100_00))
    assert cover(start, end, monthly) == {"month": "1"}
    later = (datetime.fromisoformat(end) + HOUR).isoformat()
    assert cover(start, later, monthly) == {"month": "1", "hour": "1"}


def test_months_are_counted_from_the_start_and_not_from_each_other() -> None:
    monthly = Tariff(hourly=Money(1_00), monthly=Money(100_00))
    assert cover("2026-01-31 10:00", "2026-03-31 10:00", monthly) == {"month": "2"}


@pytest.mark.parametrize(
    "day, after, hours", [("2026-03-07", "2026-03-08", 23), ("2026-10-31", "2026-11-01", 25)]
)
def test_a_day_over_a_clock_change_is_one_day(day: str, after: str, hours: int) -> None:
    start, end = f"{day} 12:00", f"{after} 12:00"
    assert local(end, NEW_YORK) - local(start, NEW_YORK) == hours * HOUR
    assert cover(start, end, Tariff(daily=Money(1)), NEW_YORK) == {"day": "1"}
    assert cover(start, end, Tariff(hourly=Money(1)), NEW_YORK) == {"hour": str(hours)}
    longer = Period(local(start, NEW_YORK), local(f"{after} 12:20", NEW_YORK))
    by_day, by_hour = Money(24_33), Money(hours * 1_00 + 33)
    assert price(longer, NO_DISCOUNT, NEW_YORK) == min(by_day, by_hour)


def test_the_remainder_is_elapsed_time_whatever_the_clock_shows() -> None:
    hourly = Tariff(hourly=Money(1_00))
    assert cover("2026-03-08 01:00", "2026-03-08 04:00", hourly, NEW_YORK) == {"hour": "2"}
    assert cover("2026-11-01 00:00", "2026-11-01 03:00", hourly, NEW_YORK) == {"hour": "4"}
    assert cover("2026-04-05 01:00", "2026-04-05 03:00", hourly, LORD_HOWE) == {"hour": "2.5"}


def test_a_booking_that_starts_in_the_repeated_hour_is_priced_from_its_instant() -> None:
    second_half_past_one = local("2026-11-01 01:30", NEW_YORK, fold=1)
    period = Period(second_half_past_one, second_half_past_one + HOUR)
    (line,) = cheapest_cover(period, Tariff(hourly=Money(1_00)), NEW_YORK)
    assert line == Line(Unit.HOUR, 60, Money(1_00))


def test_a_day_that_ends_at_a_time_that_does_not_exist_ends_an_hour_later() -> None:
    daily = Tariff(daily=Money(1_00))
    assert cover("2026-03-07 02:30", "2026-03-08 03:30", daily, NEW_YORK) == {"day": "1"}
    assert cover("2026-03-07 02:30", "2026-03-08 03:31", daily, NEW_YORK) == {"day": "2"}


def test_a_day_that_ends_in_the_repeated_hour_ends_at_its_first_occurrence() -> None:
    daily = Tariff(daily=Money(1_00))
    start = local("2026-10-31 01:30", NEW_YORK)
    first, second = (local("2026-11-01 01:30", NEW_YORK, fold=fold) for fold in (0, 1))
    assert Quote(cheapest_cover(Period(start, first), daily, NEW_YORK)).full_price == Money(1_00)
    assert Quote(cheapest_cover(Period(start, second), daily, NEW_YORK)).full_price == Money(2_00)


def test_the_day_that_apia_skipped_is_free() -> None:
    start, end = "2011-12-29 09:00", "2011-12-31 09:00"
    assert cover(start, end, Tariff(daily=Money(1_00)), APIA) == {"day": "1"}
    assert cover(start, end, Tariff(hourly=Money(1_00)), APIA) == {"hour": "24"}


def test_a_null_rate_is_not_used() -> None:
    period = "2026-03-02 09:00", "2026-03-04 10:00"
    assert cover(*period, Tariff(hourly=Money(1_00))) == {"hour": "49"}
    assert cover(*period, Tariff(daily=Money(1_00))) == {"day": "3"}
    assert cover(*period, Tariff(monthly=Money(1_00))) == {"month": "1"}
    assert cover(*period, Tariff(hourly=Money(1_00), monthly=Money(99_00))) == {"hour": "49"}


@pytest.mark.parametrize(
    "tariff, expected",
    [
        (Tariff(hourly=ZERO), {"hour": "49"}),
        (Tariff(hourly=Money(1), daily=ZERO), {"day": "3"}),
        (Tariff(hourly=Money(1), daily=Money(1), monthly=ZERO), {"month": "1"}),
        (Tariff(hourly=ZERO, daily=ZERO, monthly=ZERO), {"month": "1"}),
    ],
    ids=["hours", "days", "months", "everything"],
)
def test_a_zero_rate_is_a_rate(tariff: Tariff, expected: dict[str, str]) -> None:
    assert cover("2026-03-02 09:00", "2026-03-04 10:00", tariff) == expected
    period = Period(local("2026-03-02 09:00"), local("2026-03-04 10:00"))
    assert price(period, tariff, UTC_ZONE) == ZERO


@pytest.mark.parametrize(
    "rate, minutes, cents",
    [
        (1, 29, 0),
        (1, 30, 1),
        (10, 15, 3),  # 2.5 cents
        (30, 15, 8),  # 7.5 cents
        (33, 20, 11),
        (3, 50, 3),  # 2.5 cents; by the hour and the rest it would be the same or 2
        (12_50, 45, 9_38),  # 937.5 cents
        (99_99, 61, 101_66),  # 10165.65 cents
        (2, 15 * 60 + 15, 31),  # 30.5 cents
    ],
)
def test_hours_are_rounded_half_up_to_the_cent_in_one_sum(
    rate: int, minutes: int, cents: int
) -> None:
    period = Period(local("2026-03-02"), local("2026-03-02") + minutes * MINUTE)
    assert price(period, Tariff(hourly=Money(rate)), UTC_ZONE) == Money(cents)


@pytest.mark.parametrize(
    "unit, count, quantity",
    [
        (Unit.HOUR, 90, "1.5"),
        (Unit.HOUR, 20, "0.3333"),
        (Unit.HOUR, 40, "0.6667"),
        (Unit.HOUR, 120, "2"),
        (Unit.HOUR, 600, "10"),
        (Unit.HOUR, 6_000, "100"),
        (Unit.HOUR, 1, "0.0167"),
        (Unit.HOUR, 75, "1.25"),
        (Unit.HOUR, 366 * 1440, "8784"),
        (Unit.DAY, 2, "2"),
        (Unit.DAY, 10, "10"),
        (Unit.MONTH, 12, "12"),
    ],
)
def test_a_quantity_is_an_integer_or_has_up_to_four_decimals(
    unit: Unit, count: int, quantity: str
) -> None:
    assert Line(unit, count, Money(1)).quantity == quantity


def test_the_amount_is_the_sum_of_the_lines() -> None:
    period = Period(local("2026-03-02 09:00"), local("2026-04-03 10:20"))
    lines = cheapest_cover(period, FULL, UTC_ZONE)
    assert [line.amount for line in lines] == [Money(600_00), Money(50_00), Money(13_33)]
    assert Quote(lines).amount == Quote(lines).full_price == Money(663_33)


def test_a_booking_covered_by_a_plan_costs_nothing_and_keeps_its_lines() -> None:
    lines = (Line(Unit.HOUR, 90, Money(10_00)),)
    covered = Quote(lines, covered_by_plan=True)
    assert (covered.amount, covered.full_price, covered.lines) == (ZERO, Money(15_00), lines)
