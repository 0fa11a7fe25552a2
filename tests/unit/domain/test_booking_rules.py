"""The rules for a booking's time: each rule, its limits, and their order."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.booking_rules import check_booking_time
from domain.errors import EndBeforeStart, HouseRule
from domain.house import House
from domain.opening_hours import OpeningHours
from domain.period import Period
from domain.spaces import Space
from tests.entities import MONDAY, a_space, hours
from tests.unit.domain.schedules import Scenario, scenarios
from tests.unit.domain.time_strategies import (
    DAY,
    HOUR,
    KATHMANDU,
    MINUTE,
    NEW_YORK,
    minutes_of,
    shows_step,
    spans,
)

NOW = MONDAY + 8 * HOUR
MICROSECOND = timedelta(microseconds=1)
HOUSE = House(timezone=ZoneInfo("UTC"))
NINE_TO_FIVE = OpeningHours.parse({"monday": [["09:00", "17:00"]]})


def refusal(
    period: Period,
    space: Space | None = None,
    house: House = HOUSE,
    *,
    now: datetime = NOW,
    by_admin: bool = False,
) -> str | None:
    """Return the code of the violated rule."""
    try:
        check_booking_time(period, space or a_space(), house, now=now, by_admin=by_admin)
    except HouseRule as rule:
        return rule.code
    return None


def lasting(length: timedelta, start: datetime = MONDAY + 9 * HOUR) -> Period:
    return Period(start, start + length)


def test_an_end_before_the_start_is_rejected_first() -> None:
    with pytest.raises(EndBeforeStart) as error:
        lasting(-MINUTE)
    assert isinstance(error.value, HouseRule)
    assert error.value.code == "end_before_start"


@pytest.mark.parametrize(
    "length, code",
    [
        (15 * MINUTE, None),
        (15 * MINUTE - MICROSECOND, "duration_too_short"),
        (MICROSECOND, "duration_too_short"),
        (366 * DAY, None),
        (366 * DAY + MICROSECOND, "duration_too_long"),
        (366 * DAY + 15 * MINUTE, "duration_too_long"),
    ],
)
def test_a_booking_takes_from_15_minutes_to_366_days(length: timedelta, code: str | None) -> None:
    assert refusal(lasting(length)) == code


@pytest.mark.parametrize("shift", [MICROSECOND, timedelta(seconds=1), MINUTE, 14 * MINUTE])
def test_start_and_end_have_to_be_on_the_step_grid(shift: timedelta) -> None:
    assert refusal(Period(hours(9, 10).start + shift, hours(9, 10).end)) == "misaligned_time"
    assert refusal(Period(hours(9, 10).start, hours(9, 10).end + shift)) == "misaligned_time"


def test_the_grid_is_configurable() -> None:
    half_hours = House(timezone=ZoneInfo("UTC"), booking_step=30 * MINUTE)
    assert refusal(hours(9, 9.5), house=half_hours) is None
    assert refusal(hours(9, 9.25), house=half_hours) == "misaligned_time"


def test_the_grid_follows_local_time() -> None:
    house = House(timezone=KATHMANDU, booking_step=60 * MINUTE)
    assert refusal(hours(9.25, 10.25), house=house) is None  # 15:00 to 16:00
    assert refusal(hours(9, 10), house=house) == "misaligned_time"  # 14:45 to 15:45


@pytest.mark.parametrize(
    "ago, code",
    [(15 * MINUTE, None), (15 * MINUTE + MICROSECOND, "start_in_past"), (DAY, "start_in_past")],
)
def test_a_booking_starts_at_most_one_step_ago(ago: timedelta, code: str | None) -> None:
    period = hours(9, 10)
    assert refusal(period, now=period.start + ago) == code


def test_an_admin_may_book_the_past() -> None:
    assert refusal(hours(9, 10), now=MONDAY + 300 * DAY, by_admin=True) is None


@pytest.mark.parametrize("ahead, code", [(timedelta(0), None), (MICROSECOND, "too_far_ahead")])
@pytest.mark.parametrize("by_admin", [True, False])
def test_a_booking_starts_at_most_730_days_ahead(
    ahead: timedelta, code: str | None, *, by_admin: bool
) -> None:
    now = MONDAY - ahead
    assert refusal(lasting(HOUR, MONDAY + 730 * DAY), now=now, by_admin=by_admin) == code


@pytest.mark.parametrize(
    "period, code",
    [
        (hours(9, 17), None),
        (hours(9, 9.25), None),
        (hours(16.75, 17), None),
        (hours(8.75, 10), "outside_opening_hours"),
        (hours(16, 17.25), "outside_opening_hours"),
        (hours(17, 18), "outside_opening_hours"),
        (hours(33, 34), "outside_opening_hours"),
    ],
)
@pytest.mark.parametrize("by_admin", [True, False])
def test_start_and_end_have_to_be_in_one_opening_interval(
    period: Period, code: str | None, *, by_admin: bool
) -> None:
    space = a_space(opening_hours=NINE_TO_FIVE)
    assert refusal(period, space, by_admin=by_admin) == code


def test_a_booking_may_not_span_a_break() -> None:
    with_a_break = OpeningHours.parse({"monday": [["09:00", "12:00"], ["13:00", "17:00"]]})
    space = a_space(opening_hours=with_a_break)
    assert refusal(hours(11, 14), space) == "outside_opening_hours"


def test_a_booking_may_span_a_midnight_when_both_days_are_open() -> None:
    night = OpeningHours.parse({"monday": [["20:00", "24:00"]], "tuesday": [["00:00", "02:00"]]})
    space = a_space(opening_hours=night)
    assert refusal(hours(22, 26), space) is None
    assert refusal(hours(22, 26.25), space) == "outside_opening_hours"


def test_opening_hours_are_in_local_time_on_both_sides_of_a_clock_change() -> None:
    space = a_space(opening_hours=OpeningHours.parse({"sunday": [["09:00", "17:00"]]}))
    house = House(timezone=NEW_YORK)
    winter, summer = (datetime(2026, 3, day, 13, tzinfo=UTC) for day in (1, 8))
    assert refusal(lasting(8 * HOUR, winter + HOUR), space, house, now=winter) is None
    assert refusal(lasting(HOUR, winter), space, house, now=winter) == "outside_opening_hours"
    assert refusal(lasting(8 * HOUR, summer), space, house, now=summer) is None


def test_the_rules_are_checked_in_the_contracts_order() -> None:
    """A period that violates all rules, corrected one rule after the other."""
    sunday = MONDAY - DAY
    space = a_space(opening_hours=NINE_TO_FIVE)
    past = sunday + 7 * HOUR
    assert refusal(lasting(MINUTE, past + MINUTE), space) == "duration_too_short"
    assert refusal(lasting(400 * DAY, past + MINUTE), space) == "duration_too_long"
    assert refusal(lasting(HOUR, past + MINUTE), space) == "misaligned_time"
    assert refusal(lasting(HOUR, past), space) == "start_in_past"
    assert refusal(lasting(HOUR, sunday + 750 * DAY), space) == "too_far_ahead"
    assert refusal(lasting(HOUR, sunday + 8 * HOUR), space, now=sunday) == "outside_opening_hours"
    assert refusal(hours(9, 10), space) is None


def broken_rules(scenario: Scenario, period: Period, *, by_admin: bool) -> list[str]:
    """Return the codes of all violated rules, in the contract's order."""
    length = period.end - period.start
    step, zone = scenario.house.booking_step, scenario.house.timezone
    on_grid = shows_step(period.start, step, zone) and shows_step(period.end, step, zone)
    rules = {
        "duration_too_short": length < timedelta(minutes=15),
        "duration_too_long": length > timedelta(days=366),
        "misaligned_time": not on_grid,
        "start_in_past": not by_admin and scenario.now - period.start > step,
        "too_far_ahead": period.start - scenario.now > timedelta(days=730),
        "outside_opening_hours": not all(scenario.is_open(minute) for minute in minutes_of(period)),
    }
    return [code for code, is_broken in rules.items() if is_broken]


@given(
    scenarios(),
    st.integers(-96, 96),
    spans(MINUTE, DAY) | st.integers(1, 24).map(lambda n: n * 15 * MINUTE),
    st.booleans(),
)
def test_the_first_violated_rule_is_reported(
    scenario: Scenario,
    quarters: int,
    length: timedelta,
    by_admin: bool,
) -> None:
    period = lasting(length, scenario.start + quarters * 15 * MINUTE)
    broken = broken_rules(scenario, period, by_admin=by_admin)
    code = refusal(period, scenario.space, scenario.house, now=scenario.now, by_admin=by_admin)
    assert code == (broken[0] if broken else None)


@pytest.mark.parametrize("year", [2, 9998])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_rules_hold_near_the_limits_of_datetime(year: int, zone: str) -> None:
    house = House(timezone=ZoneInfo(zone))
    always = OpeningHours.parse({"monday": [["00:00", "24:00"]]})
    start = datetime(year, 1, 1, tzinfo=UTC) if year == 2 else datetime(year, 12, 31, tzinfo=UTC)
    assert refusal(lasting(HOUR, start), a_space(opening_hours=always), house) is not None
