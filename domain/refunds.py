"""Refund: money that the house has decided to give back for a booking."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from domain.ids import BookingId, RefundId, SpaceId
from domain.money import Money

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """One decision to give money back, stored together with what it was decided for.

    It is due until whoever holds the money has accepted it; only then does `refunded` of booking
    and invoice rise. Its id never changes, so that asking for it again asks for the same refund.

    `payment_id` is the payment that it is taken from: from when that is set, the refund may be
    under way. One `by_hand` is of money that was taken outside of Stripe, and has to be given back
    there.
    """

    id: RefundId
    booking_id: BookingId
    space_id: SpaceId
    amount: Money
    decided_at: datetime
    accepted_at: datetime | None = None
    payment_id: str | None = None
    by_hand: bool = False
    attempts: int = 0
    next_attempt_at: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        if not self.amount:
            raise ValueError("A refund gives something back.")

    @property
    def is_due(self) -> bool:
        """Whether the money has not moved yet."""
        return self.accepted_at is None

    def accepted(self, *, at: datetime) -> Self:
        """The money is on its way back."""
        return replace(self, accepted_at=at, version=self.version + 1)

    def assigned(self, payment_id: str, amount: Money) -> Self:
        """To be taken from that payment, which that much is left of."""
        return replace(self, payment_id=payment_id, amount=amount, version=self.version + 1)

    def in_place(self, refund_id: RefundId, amount: Money) -> Self:
        """Another one, of the same payment, for an amount that it still has."""
        return replace(
            self, id=refund_id, amount=amount, attempts=0, next_attempt_at=None, version=1
        )

    def left_to_hands(self) -> Self:
        """To be given back by somebody of the house."""
        return replace(self, by_hand=True, version=self.version + 1)

    def put_off(self, *, at: datetime) -> Self:
        """To be tried again later, and later each time."""
        pause = min(FIRST_PAUSE * 2 ** min(self.attempts, 20), LONGEST_PAUSE)
        return replace(
            self,
            attempts=self.attempts + 1,
            next_attempt_at=at + pause,
            version=self.version + 1,
        )

    def in_space(self, space_id: SpaceId) -> Self:
        """The refund of a booking that was moved there, which it is named with."""
        return replace(self, space_id=space_id)
