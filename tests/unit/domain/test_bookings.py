"""Booking: its state machine, its time windows, and its invariants."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from datetime import timedelta
from typing import Any

import pytest

from domain.bookings import Booking, BookingStatus
from domain.cancellation import RefundChoice, is_free_of_charge
from domain.errors import BookingStarted, InvalidTransition, OutsideCheckInWindow
from domain.money import ZERO, Money
from domain.period import Period
from tests.entities import a_booking, a_space, a_user, hours
from tests.unit.domain.time_strategies import DAY, HOUR, MINUTE

SLOT = hours(9, 10)
IN_TIME = SLOT.start - 5 * MINUTE
GRACE = timedelta(minutes=30)
NO_SHOW_AT = SLOT.start + GRACE
MICROSECOND = timedelta(microseconds=1)
USER, SPACE = a_user(), a_space()

PENDING, CONFIRMED, CHECKED_IN, COMPLETED, CANCELLED, NO_SHOW = BookingStatus


def a(status: BookingStatus, period: Period = SLOT, **fields: Any) -> Booking:
    return a_booking(USER, SPACE, period, status=status, **fields)


Step = Callable[[Booking], Booking]
STEPS: dict[str, Step] = {
    "pay or confirm": lambda booking: booking.confirmed(at=IN_TIME),
    "check in": lambda booking: booking.checked_in(at=IN_TIME),
    "check out": lambda booking: booking.checked_out(at=SLOT.end),
    "a member cancels": lambda booking: booking.cancelled(at=IN_TIME, reason="ill", by_admin=False),
    "an admin cancels": lambda booking: booking.cancelled(at=IN_TIME, reason="ill", by_admin=True),
    "hold runs out": lambda booking: booking.expired(at=IN_TIME),
    "not checked in": lambda booking: booking.marked_no_show(at=NO_SHOW_AT, grace=GRACE),
}
LEADS_TO = {
    "pay or confirm": CONFIRMED,
    "check in": CHECKED_IN,
    "check out": COMPLETED,
    "a member cancels": CANCELLED,
    "an admin cancels": CANCELLED,
    "hold runs out": CANCELLED,
    "not checked in": NO_SHOW,
}
ALLOWED = {
    (PENDING, "pay or confirm"),
    (PENDING, "a member cancels"),
    (PENDING, "an admin cancels"),
    (PENDING, "hold runs out"),
    (CONFIRMED, "check in"),
    (CONFIRMED, "not checked in"),
    (CONFIRMED, "a member cancels"),
    (CONFIRMED, "an admin cancels"),
    (CHECKED_IN, "check out"),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", BookingStatus)
def test_every_status_allows_the_transitions_of_the_diagram_and_no_other(
    status: BookingStatus, step: str
) -> None:
    booking = a(status)
    if (status, step) in ALLOWED:
        assert STEPS[step](booking).status is LEADS_TO[step]
        return
    with pytest.raises(InvalidTransition) as refusal:
        STEPS[step](booking)
    assert refusal.value.code == "invalid_transition"
    assert refusal.value.details == {"from": status, "to": LEADS_TO[step]}


@pytest.mark.parametrize("status, step", sorted(ALLOWED), ids=str)
def test_a_transition_returns_a_copy_increments_the_version_and_sets_the_time(
    status: BookingStatus, step: str
) -> None:
    before = a(status)
    after = STEPS[step](before)
    assert before == a(status, id=before.id)
    assert after.version == before.version + 1
    assert after.updated_at > before.updated_at
    same = {"status", "version", "updated_at", "hold_expires_at", "checked_in_at"}
    same |= {"checked_out_at", "cancelled_at", "cancel_reason", "lapsed"}
    unchanged = {name: getattr(before, name) for name in before.__slots__ if name not in same}
    assert {name: getattr(after, name) for name in unchanged} == unchanged


def test_only_three_statuses_occupy_the_slot() -> None:
    occupying = {status for status in BookingStatus if a(status).occupies_slot}
    assert occupying == {PENDING, CONFIRMED, CHECKED_IN}


def test_the_status_cannot_be_assigned() -> None:
    with pytest.raises(FrozenInstanceError):
        a(PENDING).status = CONFIRMED  # type: ignore[misc] # assigning is what the test is about


@pytest.mark.parametrize(
    "at, is_open",
    [
        (SLOT.start - 15 * MINUTE - MICROSECOND, False),
        (SLOT.start - 15 * MINUTE, True),
        (SLOT.start, True),
        (SLOT.end - MICROSECOND, True),
        (SLOT.end, False),
        (SLOT.end + DAY, False),
    ],
)
def test_check_in_is_open_from_15_minutes_before_the_start_until_the_end(
    at: Any, *, is_open: bool
) -> None:
    if is_open:
        assert a(CONFIRMED).checked_in(at=at).checked_in_at == at
        return
    with pytest.raises(OutsideCheckInWindow):
        a(CONFIRMED).checked_in(at=at)


def test_an_illegal_status_is_reported_before_the_check_in_window() -> None:
    with pytest.raises(InvalidTransition):
        a(PENDING).checked_in(at=SLOT.end)


def test_check_out_sets_its_time() -> None:
    left = SLOT.start + 20 * MINUTE
    assert a(CHECKED_IN).checked_out(at=left).checked_out_at == left


@pytest.mark.parametrize("status", [PENDING, CONFIRMED])
def test_a_member_may_cancel_until_the_start(status: BookingStatus) -> None:
    just_before = SLOT.start - MICROSECOND
    gone = a(status).cancelled(at=just_before, reason="ill", by_admin=False)
    assert (gone.cancelled_at, gone.cancel_reason) == (just_before, "ill")
    assert gone.hold_expires_at is None
    with pytest.raises(BookingStarted):
        a(status).cancelled(at=SLOT.start, reason=None, by_admin=False)


@pytest.mark.parametrize("status", [PENDING, CONFIRMED])
def test_an_admin_may_cancel_after_the_start_too(status: BookingStatus) -> None:
    late = a(status).cancelled(at=SLOT.end + DAY, reason=None, by_admin=True)
    assert late.status is CANCELLED


@pytest.mark.parametrize("by_admin", [True, False])
@pytest.mark.parametrize("status", [CHECKED_IN, COMPLETED, CANCELLED, NO_SHOW])
def test_a_status_that_cannot_be_cancelled_is_reported_whatever_the_time(
    status: BookingStatus, *, by_admin: bool
) -> None:
    with pytest.raises(InvalidTransition):
        a(status).cancelled(at=SLOT.end, reason=None, by_admin=by_admin)


def test_a_hold_expires_at_its_end_and_not_before() -> None:
    held = a(PENDING, hold_expires_at=IN_TIME)
    assert not held.is_hold_expired(at=IN_TIME - MICROSECOND)
    with pytest.raises(InvalidTransition):
        held.expired(at=IN_TIME - MICROSECOND)
    assert held.is_hold_expired(at=IN_TIME)
    expired = held.expired(at=IN_TIME)
    assert (expired.status, expired.cancelled_at) == (CANCELLED, IN_TIME)
    assert expired.cancel_reason == "The hold ran out."


def test_a_booking_that_is_not_held_never_expires() -> None:
    assert not a(CONFIRMED).is_hold_expired(at=SLOT.end + 999 * DAY)


def test_a_paid_booking_is_no_longer_held() -> None:
    assert a(PENDING).confirmed(at=IN_TIME).hold_expires_at is None


@pytest.mark.parametrize(
    "length, no_show_after",
    [
        (15 * MINUTE, GRACE),
        (HOUR, GRACE),
        (24 * HOUR - MINUTE, GRACE),
        (24 * HOUR, 24 * HOUR),
        (24 * HOUR + MINUTE, 24 * HOUR + MINUTE),
        (30 * DAY, 30 * DAY),
    ],
)
def test_a_booking_is_a_no_show_after_its_grace_period_and_a_day_long_one_at_its_end(
    length: timedelta, no_show_after: timedelta
) -> None:
    unused = a(CONFIRMED, Period(SLOT.start, SLOT.start + length))
    due = SLOT.start + no_show_after
    assert unused.no_show_from(GRACE) == due
    assert unused.marked_no_show(at=due, grace=GRACE).status is NO_SHOW
    with pytest.raises(InvalidTransition):
        unused.marked_no_show(at=due - MICROSECOND, grace=GRACE)


@pytest.mark.parametrize(
    "status, fields",
    [
        (CONFIRMED, {"desk": 0}),
        (CONFIRMED, {"desk": -1}),
        (PENDING, {"hold_expires_at": None}),
        (CONFIRMED, {"hold_expires_at": IN_TIME}),
        (CANCELLED, {"cancelled_at": None}),
        (CONFIRMED, {"cancelled_at": IN_TIME}),
        (CONFIRMED, {"paid": Money(5), "refunded": Money(6)}),
        (CONFIRMED, {"covered_by_plan": True, "amount": Money(1)}),
    ],
)
def test_an_invalid_booking_cannot_be_created(
    status: BookingStatus, fields: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        a(status, **fields)


def test_a_covered_booking_costs_nothing() -> None:
    assert a(CONFIRMED, covered_by_plan=True, amount=ZERO).amount == ZERO


@pytest.mark.parametrize(
    "before_start, is_free",
    [
        (24 * HOUR + MICROSECOND, True),
        (24 * HOUR, True),
        (24 * HOUR - MICROSECOND, False),
        (-DAY, False),
    ],
)
def test_cancelling_is_free_up_to_24_hours_before_the_start(
    before_start: timedelta, *, is_free: bool
) -> None:
    at = SLOT.start - before_start
    free = is_free_of_charge(
        a(CONFIRMED), at=at, choice=RefundChoice.POLICY, free_cancellation=24 * HOUR
    )
    assert free is is_free


@pytest.mark.parametrize("choice, is_free", [(RefundChoice.FULL, True), (RefundChoice.NONE, False)])
@pytest.mark.parametrize("at", [SLOT.start - 2 * DAY, SLOT.end])
def test_an_admin_decides_on_the_refund_at_any_time(
    choice: RefundChoice, at: Any, *, is_free: bool
) -> None:
    free = is_free_of_charge(a(CONFIRMED), at=at, choice=choice, free_cancellation=24 * HOUR)
    assert free is is_free


def test_the_free_cancellation_window_may_last_until_the_start() -> None:
    free = is_free_of_charge(
        a(CONFIRMED), at=SLOT.start, choice=RefundChoice.POLICY, free_cancellation=timedelta(0)
    )
    assert free


def test_a_changed_copy_keeps_the_invariants() -> None:
    with pytest.raises(ValueError, match="held"):
        replace(a(PENDING), status=CONFIRMED)
