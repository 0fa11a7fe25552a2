"""Booking: a user's right to one desk or space for one period, from hold to check-out.

    PENDING ── confirm ──▶ CONFIRMED ── check in ──▶ CHECKED_IN ── check out ──▶ COMPLETED
       │                      ├── no check-in ──▶ NO_SHOW
       └── cancel, lapse ───▶ CANCELLED ◀── cancel
                                 └── reinstate ──▶ CONFIRMED

A booking that lapsed, because it was not paid in time, is the only CANCELLED one that can be
reinstated: when its payment arrives late and a desk is still free.

PENDING, CONFIRMED and CHECKED_IN occupy their slot; the other three do not. Until it begins, a
PENDING or CONFIRMED booking can be moved to another time or space.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from domain.errors import BookingStarted, InvalidTransition, OutsideCheckInWindow
from domain.house import CHECK_IN_OPENS_BEFORE, NO_SHOW_AT_END_FROM
from domain.ids import BookingId, SpaceId, UserId
from domain.money import ZERO, Money
from domain.period import Period


class BookingStatus(StrEnum):
    """Status of a booking. PENDING, CONFIRMED and CHECKED_IN bookings occupy their slot."""

    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    CHECKED_IN = "CHECKED_IN"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    NO_SHOW = "NO_SHOW"


_NEXT = {
    BookingStatus.PENDING: {BookingStatus.CONFIRMED, BookingStatus.CANCELLED},
    BookingStatus.CONFIRMED: {
        BookingStatus.CHECKED_IN,
        BookingStatus.NO_SHOW,
        BookingStatus.CANCELLED,
    },
    BookingStatus.CHECKED_IN: {BookingStatus.COMPLETED},
    BookingStatus.COMPLETED: set(),
    BookingStatus.CANCELLED: set(),
    BookingStatus.NO_SHOW: set(),
}

OCCUPYING_STATUSES = frozenset(
    {BookingStatus.PENDING, BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN}
)
_CHANGEABLE = frozenset({BookingStatus.PENDING, BookingStatus.CONFIRMED})
HOLD_EXPIRED = "The hold ran out."
CHECKOUT_EXPIRED = "The checkout expired."
PAYMENT_FAILED = "The payment failed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A booking. Times are UTC; `desk` counts from 1; `version` counts the changes, from 1.

    Each transition is a method that takes the time and returns the next version; one that the
    current status does not allow raises InvalidTransition. `lapsed` means that it was cancelled
    because it was not paid in time.
    """

    id: BookingId
    user_id: UserId
    space_id: SpaceId
    desk: int
    period: Period
    status: BookingStatus
    amount: Money
    paid: Money = ZERO
    refunded: Money = ZERO
    covered_by_plan: bool = False
    notes: str | None = None
    hold_expires_at: datetime | None = None
    checked_in_at: datetime | None = None
    checked_out_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    lapsed: bool = False
    version: int = 1
    created_at: datetime
    updated_at: datetime

    def __post_init__(self) -> None:
        if self.desk < 1:
            raise ValueError("Desks are numbered from 1.")
        if (self.hold_expires_at is not None) != (self.status is BookingStatus.PENDING):
            raise ValueError("A PENDING booking, and no other, is held until a time.")
        if (self.cancelled_at is not None) != (self.status is BookingStatus.CANCELLED):
            raise ValueError("A CANCELLED booking, and no other, has a time of cancellation.")
        if self.lapsed and self.status is not BookingStatus.CANCELLED:
            raise ValueError("A booking that lapsed is CANCELLED.")
        if self.refunded > self.paid:
            raise ValueError("The refunds cannot exceed the payments.")
        if self.covered_by_plan and self.amount:
            raise ValueError("A booking that a plan covers costs nothing.")

    @property
    def occupies_slot(self) -> bool:
        """Whether its status occupies the desk; an expired hold occupies but does not block it."""
        return self.status in OCCUPYING_STATUSES

    def is_hold_expired(self, *, at: datetime) -> bool:
        """Whether its hold has expired, so that it no longer blocks the desk."""
        return self.hold_expires_at is not None and self.hold_expires_at <= at

    def confirmed(self, *, at: datetime) -> Self:
        """Return the booking after it was confirmed: paid, or free of charge."""
        return self._become(BookingStatus.CONFIRMED, at, hold_expires_at=None)

    def paid_and_confirmed(self, *, at: datetime) -> Self:
        """Return the booking after its full amount was paid."""
        return replace(self.confirmed(at=at), paid=self.paid + self.amount)

    @property
    def awaits_payment(self) -> bool:
        """Whether it is not cancelled, and its amount has not been paid.

        A PENDING booking is never paid: a payment of another price than its current one is
        returned.
        """
        is_paid = self.paid and self.status is not BookingStatus.PENDING
        return bool(self.amount) and not is_paid and self.status is not BookingStatus.CANCELLED

    def held_until(self, end: datetime, *, at: datetime) -> Self:
        """Extend the hold to `end`. No-op if the booking is not held, or already held as long."""
        if self.hold_expires_at is None or self.hold_expires_at >= end:
            return self
        return replace(self, hold_expires_at=end, version=self.version + 1, updated_at=at)

    def with_payment(self, amount: Money, *, at: datetime) -> Self:
        """Return the booking after a payment that does not change its status."""
        return replace(self, paid=self.paid + amount, version=self.version + 1, updated_at=at)

    def with_refund(self, amount: Money, *, at: datetime) -> Self:
        """Return the booking after a part of what was paid was refunded."""
        refunded = self.refunded + amount
        return replace(self, refunded=refunded, version=self.version + 1, updated_at=at)

    def reinstated(self, *, desk: int, at: datetime) -> Self:
        """Return a lapsed booking after its late payment arrived, on a desk that is free for it."""
        if not self.lapsed:
            raise InvalidTransition(self.status, BookingStatus.CONFIRMED)
        return replace(
            self,
            status=BookingStatus.CONFIRMED,
            desk=desk,
            paid=self.paid + self.amount,
            lapsed=False,
            cancelled_at=None,
            cancel_reason=None,
            version=self.version + 1,
            updated_at=at,
        )

    @property
    def refundable_amount(self) -> Money:
        """The part of the payment that the house still has and can refund.

        A paid booking's amount decreases with each refund that is decided on, even before the money
        has moved. `refunded` counts only money that has moved, and may be ahead of it because of
        refunds sent from the provider's dashboard.
        """
        return min(self.amount, self.paid - self.refunded)

    def check_changeable(self, *, at: datetime) -> None:
        """Raise InvalidTransition unless it may be changed: held or confirmed, and not begun."""
        is_current = self.status in _CHANGEABLE and not self.is_hold_expired(at=at)
        if not is_current or at >= self.period.start:
            raise InvalidTransition(
                self.status,
                self.status,
                "Only a booking that is held or confirmed can be changed, until it begins.",
            )

    def with_notes(self, notes: str | None, *, at: datetime) -> Self:
        """Return the booking with other notes."""
        self.check_changeable(at=at)
        return replace(self, notes=notes, version=self.version + 1, updated_at=at)

    def moved(
        self,
        *,
        space_id: SpaceId,
        desk: int,
        period: Period,
        amount: Money,
        covered_by_plan: bool,
        notes: str | None,
        at: datetime,
    ) -> Self:
        """Return the booking at another time, desk or space, at the price there.

        A hold keeps its expiry; a held booking that now costs nothing is confirmed.
        """
        self.check_changeable(at=at)
        is_settled = self.status is BookingStatus.CONFIRMED or not amount
        return replace(
            self,
            space_id=space_id,
            desk=desk,
            period=period,
            amount=amount,
            covered_by_plan=covered_by_plan,
            notes=notes,
            status=BookingStatus.CONFIRMED if is_settled else BookingStatus.PENDING,
            hold_expires_at=None if is_settled else self.hold_expires_at,
            version=self.version + 1,
            updated_at=at,
        )

    def checked_in(self, *, at: datetime) -> Self:
        """Return the booking after check-in. Raises OutsideCheckInWindow."""
        self._check_transition(BookingStatus.CHECKED_IN)
        if not self.period.start - CHECK_IN_OPENS_BEFORE <= at < self.period.end:
            raise OutsideCheckInWindow(
                "Check-in is open from 15 minutes before the start until the end of the booking."
            )
        return self._become(BookingStatus.CHECKED_IN, at, checked_in_at=at)

    def checked_out(self, *, at: datetime) -> Self:
        """Return the booking after check-out; the rest of the slot is free again."""
        return self._become(BookingStatus.COMPLETED, at, checked_out_at=at)

    def cancelled(self, *, at: datetime, reason: str | None, by_admin: bool) -> Self:
        """Return the cancelled booking. Raises BookingStarted for a member after the start."""
        self._check_transition(BookingStatus.CANCELLED)
        if not by_admin and at >= self.period.start:
            raise BookingStarted("A booking can be cancelled only before it starts.")
        return self._cancel(at, reason)

    def expired(self, *, at: datetime) -> Self:
        """Return it after its hold expired. Raises InvalidTransition while the hold lasts."""
        if not self.is_hold_expired(at=at):
            raise InvalidTransition(self.status, BookingStatus.CANCELLED)
        return self.payment_lapsed(HOLD_EXPIRED, at=at)

    def payment_lapsed(self, reason: str, *, at: datetime) -> Self:
        """Return a held booking after it lapsed: its payment failed, or its time to pay is over."""
        if self.status is not BookingStatus.PENDING:
            raise InvalidTransition(self.status, BookingStatus.CANCELLED)
        return replace(self._cancel(at, reason), lapsed=True)

    def marked_no_show(self, *, at: datetime, grace: timedelta) -> Self:
        """Return the booking as a no-show. Raises InvalidTransition before `no_show_from`."""
        if at < self.no_show_from(grace):
            raise InvalidTransition(self.status, BookingStatus.NO_SHOW)
        return self._become(BookingStatus.NO_SHOW, at)

    def no_show_from(self, grace: timedelta) -> datetime:
        """Return when it becomes a no-show: `grace` after the start, or at a long one's end."""
        if self.period.duration >= NO_SHOW_AT_END_FROM:
            return self.period.end
        return self.period.start + grace

    def _cancel(self, at: datetime, reason: str | None) -> Self:
        return self._become(
            BookingStatus.CANCELLED,
            at,
            cancelled_at=at,
            cancel_reason=reason,
            hold_expires_at=None,
        )

    def _check_transition(self, status: BookingStatus) -> None:
        if status not in _NEXT[self.status]:
            raise InvalidTransition(self.status, status)

    def _become(self, status: BookingStatus, at: datetime, **changes: Any) -> Self:
        self._check_transition(status)
        return replace(self, status=status, version=self.version + 1, updated_at=at, **changes)
