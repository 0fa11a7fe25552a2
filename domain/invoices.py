"""Invoice: what a booking or a subscription period costs, and whether that has been paid."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from domain.errors import InvalidTransition
from domain.ids import BookingId, InvoiceId, SpaceId, SubscriptionId, UserId
from domain.money import ZERO, Money


class InvoiceStatus(StrEnum):
    """Status of an invoice: DRAFT while its booking is held, OPEN once due, then the outcome."""

    DRAFT = "DRAFT"
    OPEN = "OPEN"
    PAID = "PAID"
    VOID = "VOID"
    UNCOLLECTIBLE = "UNCOLLECTIBLE"


_NEXT = {
    InvoiceStatus.DRAFT: {InvoiceStatus.OPEN, InvoiceStatus.PAID, InvoiceStatus.VOID},
    InvoiceStatus.OPEN: {InvoiceStatus.PAID, InvoiceStatus.VOID, InvoiceStatus.UNCOLLECTIBLE},
    InvoiceStatus.PAID: set(),
    InvoiceStatus.VOID: set(),
    InvoiceStatus.UNCOLLECTIBLE: {InvoiceStatus.PAID, InvoiceStatus.VOID},
}

ISSUED_STATUSES = frozenset({InvoiceStatus.OPEN, InvoiceStatus.PAID, InvoiceStatus.UNCOLLECTIBLE})
"""A VOID invoice may have been issued before, and then may have a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """One invoice, for a booking (together with its space) or for a subscription period.

    Issued invoices get a `number`, consecutive within the year.
    """

    id: InvoiceId
    user_id: UserId
    booking_id: BookingId | None
    space_id: SpaceId | None
    subscription_id: SubscriptionId | None
    amount: Money
    refunded: Money = ZERO
    status: InvoiceStatus
    description: str
    issued_at: datetime
    paid_at: datetime | None = None
    number: str | None = None
    version: int = 1

    def __post_init__(self) -> None:
        if (self.booking_id is None) == (self.subscription_id is None):
            raise ValueError("An invoice is for a booking or for a subscription.")
        if (self.booking_id is None) != (self.space_id is None):
            raise ValueError("An invoice has a booking and its space, or neither.")
        if (self.paid_at is not None) != (self.status is InvoiceStatus.PAID):
            raise ValueError("A PAID invoice has a time of payment, and no other has one.")
        if self.refunded > self.amount:
            raise ValueError("No more can be refunded than was invoiced.")
        if self.number is not None and self.status is InvoiceStatus.DRAFT:
            raise ValueError("A draft has no number.")

    @property
    def awaits_number(self) -> bool:
        """Whether it is issued and has no number yet. A VOID invoice no longer needs one."""
        return self.number is None and self.status in ISSUED_STATUSES

    def numbered(self, number: str) -> Self:
        """The invoice with its number, which never changes."""
        if not self.awaits_number:
            raise ValueError("This invoice does not await a number.")
        return replace(self, number=number, version=self.version + 1)

    def opened(self, *, at: datetime) -> Self:
        """The invoice after it was issued, and is owed."""
        return self._become(InvoiceStatus.OPEN, issued_at=at)

    def paid(self, *, at: datetime) -> Self:
        """The invoice after it was paid in full. A draft is issued by that."""
        issued_at = at if self.status is InvoiceStatus.DRAFT else self.issued_at
        return self._become(InvoiceStatus.PAID, issued_at=issued_at, paid_at=at)

    def reinstated(self, *, at: datetime) -> Self:
        """The voided draft of a lapsed booking after a payment reinstated the booking.

        Raises InvalidTransition for any other invoice.
        """
        if self.status is not InvoiceStatus.VOID or self.number is not None:
            raise InvalidTransition(self.status, InvoiceStatus.PAID)
        return replace(
            self,
            status=InvoiceStatus.PAID,
            issued_at=at,
            paid_at=at,
            version=self.version + 1,
        )

    def with_refund(self, amount: Money) -> Self:
        """The invoice after a part of what was paid was refunded."""
        return replace(self, refunded=self.refunded + amount, version=self.version + 1)

    def voided(self) -> Self:
        """The invoice after it was voided: it is no longer owed."""
        return self._become(InvoiceStatus.VOID)

    def redrafted(self, space_id: SpaceId, amount: Money, description: str) -> Self:
        """The draft after its booking changed. Raises InvalidTransition for an issued invoice."""
        if self.status is not InvoiceStatus.DRAFT:
            raise InvalidTransition(self.status, InvoiceStatus.DRAFT)
        return replace(
            self,
            space_id=space_id,
            amount=amount,
            description=description,
            version=self.version + 1,
        )

    def in_space(self, space_id: SpaceId) -> Self:
        """The invoice after its booking moved to that space."""
        return replace(self, space_id=space_id)

    def _become(self, status: InvoiceStatus, **changes: Any) -> Self:
        if status not in _NEXT[self.status]:
            raise InvalidTransition(self.status, status)
        return replace(self, status=status, version=self.version + 1, **changes)


def invoice_number(year: int, count: int) -> str:
    """The number of the year's `count`-th invoice, such as 2026-000123."""
    return f"{year}-{count:06d}"
