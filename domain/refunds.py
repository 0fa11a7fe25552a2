"""Refund: money that the house has decided to give back for a booking."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from domain.ids import BookingId, RefundId, SpaceId
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """One decision to give money back, stored together with what it was decided for.

    It is due until whoever holds the money has accepted it; only then does `refunded` of booking
    and invoice rise. Its id never changes, so that asking for it again asks for the same refund.
    """

    id: RefundId
    booking_id: BookingId
    space_id: SpaceId
    amount: Money
    decided_at: datetime
    accepted_at: datetime | None = None
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

    def in_space(self, space_id: SpaceId) -> Self:
        """The refund of a booking that was moved there, which it is named with."""
        return replace(self, space_id=space_id)
