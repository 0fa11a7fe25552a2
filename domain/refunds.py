"""Refunds: decisions to pay money back, and which payments they are taken from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from domain.backoff import backoff
from domain.ids import BookingId, RefundId, SpaceId
from domain.ledger import EntryKind, LedgerEntry
from domain.money import ZERO, Money

FIRST_DELAY = timedelta(seconds=10)
MAX_DELAY = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """One decision to pay money back, stored in the commit that causes it.

    It is due until the money has moved; only then does `refunded` of booking and invoice rise. Its
    id never changes and serves as the provider's idempotency key.

    `payment_id` is the payment that it is taken from; once it is set, the refund may be under way.
    A refund that `is_manual` is of an offline payment, and staff pay it back.
    """

    id: RefundId
    booking_id: BookingId
    space_id: SpaceId
    amount: Money
    decided_at: datetime
    accepted_at: datetime | None = None
    payment_id: str | None = None
    is_manual: bool = False
    attempts: int = 0
    next_attempt_at: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        if not self.amount:
            raise ValueError("The amount of a refund is positive.")

    @property
    def is_due(self) -> bool:
        """Whether the money has not moved yet."""
        return self.accepted_at is None

    def accepted(self, *, at: datetime) -> Self:
        """The refund after the provider accepted it, or staff paid it back."""
        return replace(self, accepted_at=at, version=self.version + 1)

    def assigned(self, payment_id: str, amount: Money) -> Self:
        """The refund after it was allocated to that payment, with the amount taken from it."""
        return replace(self, payment_id=payment_id, amount=amount, version=self.version + 1)

    def replacement(self, refund_id: RefundId, amount: Money) -> Self:
        """A new refund of the same payment, for the amount that is left of it."""
        return replace(
            self, id=refund_id, amount=amount, attempts=0, next_attempt_at=None, version=1
        )

    def as_manual(self) -> Self:
        """The refund, for staff to pay back."""
        return replace(self, is_manual=True, version=self.version + 1)

    def rescheduled(self, *, at: datetime) -> Self:
        """The refund after a failed attempt, due for the next one after a backoff."""
        attempts = self.attempts + 1
        return replace(
            self,
            attempts=attempts,
            next_attempt_at=at + backoff(attempts, first_delay=FIRST_DELAY, max_delay=MAX_DELAY),
            version=self.version + 1,
        )

    def in_space(self, space_id: SpaceId) -> Self:
        """The refund after its booking moved to that space."""
        return replace(self, space_id=space_id)


def allocate(
    refund: Refund, entries: Sequence[LedgerEntry], refunds: Sequence[Refund], *, now: datetime
) -> Refund:
    """Decide which payment a refund is taken from. Returns its next version.

    `entries` and `refunds` are all of the booking's. The refund is taken from the first payment
    with enough left, else from the one with the most left, and then shrinks to that. With nothing
    left of the provider's payments, staff pay it back if there was an offline payment. Otherwise
    the money was already refunded in another way, and the refund counts as accepted.
    """
    left = _refundable_by_payment(entries, refunds)
    if left:
        enough = (payment_id for payment_id in left if left[payment_id] >= refund.amount)
        payment_id = next(enough, None) or max(left, key=left.__getitem__)
        return refund.assigned(payment_id, min(refund.amount, left[payment_id]))
    if any(entry.kind is EntryKind.OFFLINE_PAYMENT for entry in entries):
        return refund.as_manual()
    return refund.accepted(at=now)


def unrecorded_refund(
    reported: Money,
    charge: LedgerEntry,
    entries: Sequence[LedgerEntry],
    refunds: Sequence[Refund],
) -> Money:
    """Return the amount that was refunded outside of this service and has no entry yet.

    `reported` is the provider's total for the payment of `charge`. `entries` are the payment's, and
    `refunds` those of the booking that may still be under way.
    """
    recorded = sum((entry.amount for entry in entries if entry.is_refund), ZERO)
    under_way = sum(
        (
            refund.amount
            for refund in refunds
            if refund.is_due and refund.payment_id == charge.payment_id
        ),
        ZERO,
    )
    cents = min(reported, charge.amount).cents - (recorded + under_way).cents
    return Money(max(cents, 0))


def _refundable_by_payment(
    entries: Sequence[LedgerEntry], refunds: Sequence[Refund]
) -> dict[str, Money]:
    """Return the rest of each provider payment after all refunds, sent and due."""
    cents: dict[str, int] = {}
    for entry in entries:
        if entry.payment_id is not None:
            sign = -1 if entry.is_refund else 1
            cents[entry.payment_id] = cents.get(entry.payment_id, 0) + sign * entry.amount.cents
    for refund in refunds:
        if refund.is_due and refund.payment_id in cents:
            cents[refund.payment_id] -= refund.amount.cents
    return {payment_id: Money(left) for payment_id, left in cents.items() if left > 0}
