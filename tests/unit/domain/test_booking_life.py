"""Booking, lived through: random steps at random times against the contract's diagram."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.bookings import Booking, BookingStatus
from domain.errors import BookingStarted, DomainError, InvalidTransition, OutsideCheckInWindow
from domain.period import Period
from tests.entities import MONDAY, a_booking, a_space, a_user
from tests.unit.domain.worlds import DAY, HOUR, MINUTE, spans

GRACE = timedelta(minutes=30)
USER, SPACE = a_user(), a_space()

# The contract's diagram.
NEXT = {
    ("PENDING", "confirm"): "CONFIRMED",
    ("PENDING", "cancel"): "CANCELLED",
    ("PENDING", "expire"): "CANCELLED",
    ("CONFIRMED", "check in"): "CHECKED_IN",
    ("CONFIRMED", "no show"): "NO_SHOW",
    ("CONFIRMED", "cancel"): "CANCELLED",
    ("CHECKED_IN", "check out"): "COMPLETED",
}


class BookingLife(RuleBasedStateMachine):
    """One booking, the time, and what the contract says that it is now."""

    @initialize(
        starts_in=spans(timedelta(0), 2 * HOUR),
        length=st.sampled_from([15 * MINUTE, HOUR, 24 * HOUR - MINUTE, DAY, 3 * DAY]),
        held=st.booleans(),
    )
    def book(self, starts_in: timedelta, length: timedelta, held: bool) -> None:
        self.now = MONDAY
        status = BookingStatus.PENDING if held else BookingStatus.CONFIRMED
        period = Period(MONDAY + starts_in, MONDAY + starts_in + length)
        self.booking = a_booking(USER, SPACE, period, status=status)
        self.first = self.booking
        self.status = str(status)
        self.steps = 0

    @rule(passed=spans(timedelta(0), 2 * HOUR) | st.sampled_from([15 * MINUTE, HOUR, DAY]))
    def time_passes(self, passed: timedelta) -> None:
        self.now += passed

    @rule()
    def confirm(self) -> None:
        self._step("confirm", lambda: self.booking.confirmed(at=self.now))

    @rule()
    def check_in(self) -> None:
        period = self.booking.period
        in_window = period.start - 15 * MINUTE <= self.now < period.end
        self._step(
            "check in",
            lambda: self.booking.checked_in(at=self.now),
            refusal=None if in_window else OutsideCheckInWindow,
        )

    @rule()
    def check_out(self) -> None:
        self._step("check out", lambda: self.booking.checked_out(at=self.now))

    @rule(by_admin=st.booleans(), reason=st.none() | st.text(max_size=5))
    def cancel(self, by_admin: bool, reason: str | None) -> None:
        too_late = not by_admin and self.now >= self.booking.period.start
        self._step(
            "cancel",
            lambda: self.booking.cancelled(at=self.now, reason=reason, by_admin=by_admin),
            refusal=BookingStarted if too_late else None,
        )

    @rule()
    def expire(self) -> None:
        expiry = self.booking.hold_expires_at
        ran_out = expiry is not None and expiry <= self.now
        self._step(
            "expire",
            lambda: self.booking.expired(at=self.now),
            refusal=None if ran_out else InvalidTransition,
        )

    @rule()
    def nobody_came(self) -> None:
        period = self.booking.period
        is_long = period.end - period.start >= timedelta(hours=24)
        due = period.end if is_long else period.start + GRACE
        self._step(
            "no show",
            lambda: self.booking.marked_no_show(at=self.now, grace=GRACE),
            refusal=None if self.now >= due else InvalidTransition,
        )

    def _step(
        self, name: str, take: Callable[[], Booking], refusal: type[DomainError] | None = None
    ) -> None:
        wanted = NEXT.get((self.status, name))
        if wanted is None:
            refusal = InvalidTransition
        if refusal is not None:
            with pytest.raises(refusal):
                take()
            return
        after = take()
        assert wanted is not None
        self.booking, self.status = after, wanted
        self.steps += 1
        assert after.updated_at == self.now

    @invariant()
    def it_is_what_the_diagram_says(self) -> None:
        assert self.booking.status == self.status

    @invariant()
    def the_version_counts_the_steps(self) -> None:
        assert self.booking.version == 1 + self.steps

    @invariant()
    def it_keeps_its_slot_as_long_as_it_is_to_be_used(self) -> None:
        to_be_used = {"PENDING", "CONFIRMED", "CHECKED_IN"}
        assert self.booking.occupies_slot is (self.status in to_be_used)

    @invariant()
    def the_times_tell_what_has_happened(self) -> None:
        booking = self.booking
        assert (booking.hold_expires_at is not None) is (self.status == "PENDING")
        came = self.status in {"CHECKED_IN", "COMPLETED"}
        assert (booking.checked_in_at is not None) is came
        assert (booking.checked_out_at is not None) is (self.status == "COMPLETED")
        assert (booking.cancelled_at is not None) is (self.status == "CANCELLED")
        times = [booking.created_at, booking.checked_in_at, booking.checked_out_at]
        known = [time for time in times if time is not None]
        assert known == sorted(known)
        assert known[-1] <= booking.updated_at <= self.now

    @invariant()
    def what_was_agreed_stays(self) -> None:
        for field in ("id", "user_id", "space_id", "desk", "period", "amount", "created_at"):
            assert getattr(self.booking, field) == getattr(self.first, field)


TestBookingLife = BookingLife.TestCase
