"""The ledger: every movement of money, one line each, of which none is ever changed."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from domain.ids import BookingId, InvoiceId, LedgerEntryId, SpaceId, SubscriptionId, UserId
from domain.money import ZERO, Money


class EntryKind(StrEnum):
    """What moved: money came through Stripe, came by another way, or went back."""

    CHARGE = "CHARGE"
    OFFLINE_PAYMENT = "OFFLINE_PAYMENT"
    REFUND = "REFUND"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One movement of money for a booking or a subscription.

    `source` is what it was entered for: Stripe's id of the payment or invoice, or our own of the
    refund or the confirmation; so nothing can be entered twice. An entry without `invoice_id` is of
    a payment that was one too many, or came too late. `payment_id` is Stripe's payment that the
    money came with, or goes back to. `space_id` is where the booking was at the time.
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
            raise ValueError("Money moves for a booking or for a subscription.")
        if not self.amount:
            raise ValueError("Something has to move.")

    @property
    def is_refund(self) -> bool:
        """Whether the money went back."""
        return self.kind is EntryKind.REFUND


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPayment:
    """What Stripe has told about one payment: how much of it has gone back, all told.

    Kept apart from the ledger, because the two can be learnt in either order. `id` is Stripe's.
    """

    id: str
    refunded: Money = ZERO
    version: int = 1

    def told(self, refunded: Money) -> Self:
        """The payment after Stripe told of that many refunds; an older sum changes nothing."""
        return replace(self, refunded=max(self.refunded, refunded), version=self.version + 1)
