"""The ledger: one entry for each movement of money. Entries never change."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from domain.ids import BookingId, InvoiceId, LedgerEntryId, SpaceId, SubscriptionId, UserId
from domain.money import ZERO, Money


class EntryKind(StrEnum):
    """Kind of an entry: a payment through the provider, one outside of it, or a refund."""

    CHARGE = "CHARGE"
    OFFLINE_PAYMENT = "OFFLINE_PAYMENT"
    REFUND = "REFUND"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One movement of money for a booking or a subscription.

    `source` is unique, so that nothing is entered twice: the provider's id of the payment or bill,
    or the house's own id of the refund or the confirmation. An entry without `invoice_id` belongs
    to a duplicate or late payment. `payment_id` is the provider's payment, which the money came
    with or is refunded to. `space_id` is the booking's space at the time.
    """

    id: LedgerEntryId
    kind: EntryKind
    user_id: UserId
    booking_id: BookingId | None
    space_id: SpaceId | None
    subscription_id: SubscriptionId | None
    invoice_id: InvoiceId | None
    payment_id: str | None
    amount: Money
    occurred_at: datetime
    source: str

    def __post_init__(self) -> None:
        if (self.booking_id is None) == (self.subscription_id is None):
            raise ValueError("A ledger entry is for a booking or for a subscription.")
        if not self.amount:
            raise ValueError("The amount of a ledger entry is positive.")

    @property
    def is_refund(self) -> bool:
        """Whether it is a refund."""
        return self.kind is EntryKind.REFUND

    def refund(self, entry_id: LedgerEntryId, amount: Money, *, source: str, at: datetime) -> Self:
        """The entry for a refund of that amount of this payment."""
        return replace(
            self,
            id=entry_id,
            kind=EntryKind.REFUND,
            amount=amount,
            occurred_at=at,
            source=source,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPayment:
    """What the provider has reported of one payment: the total that was refunded of it.

    Kept apart from the ledger because payment and refund may be reported in either order. `id` is
    the provider's.
    """

    id: str
    refunded: Money = ZERO
    version: int = 1

    def with_reported_refunds(self, refunded: Money) -> Self:
        """The payment after that total was reported. A total below the known one is ignored."""
        return replace(self, refunded=max(self.refunded, refunded), version=self.version + 1)
