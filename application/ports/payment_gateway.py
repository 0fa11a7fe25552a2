"""PaymentGateway: requests to the payment provider, and snapshots of its objects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from domain.checkouts import Checkout
from domain.ids import UserId
from domain.money import Money
from domain.period import Period
from domain.subscriptions import PlanType, ProviderStatus

CURRENCY = "usd"


class PaymentStatus(StrEnum):
    """How far the payment of a checkout or a bill has come."""

    OPEN = "OPEN"
    PROCESSING = "PROCESSING"
    """The customer has completed the checkout; the payment itself may take days."""
    PAID = "PAID"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutSnapshot:
    """A hosted checkout page as the provider has it."""

    session_id: str
    checkout_id: UUID | None
    status: PaymentStatus
    amount: int | None
    currency: str | None
    payment_id: str | None
    subscription_id: str | None
    url: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionSnapshot:
    """A subscription as the provider has it; `plan_type` is None for an unknown price."""

    id: str
    customer_id: str
    user_id: UserId | None
    status: ProviderStatus
    plan_type: PlanType | None
    period: Period
    cancel_at_period_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BillSnapshot:
    """The provider's invoice for one period of a subscription: PAID, or its payment FAILED.

    Its id also identifies its payment, because the provider does not report the payment's own id
    with it.
    """

    id: str
    status: PaymentStatus
    subscription_id: str | None
    customer_id: str
    user_id: UserId | None
    plan_type: PlanType | None
    amount_paid: int
    currency: str
    period: Period | None
    paid_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeSnapshot:
    """A payment, and the total that was refunded of it, in cents.

    `payment_id` is the id of the bill that was paid with it, as far as the provider reports that.
    """

    payment_id: str
    amount: int
    refunded: int


Snapshot = CheckoutSnapshot | SubscriptionSnapshot | BillSnapshot | ChargeSnapshot


class RefundRefused(Exception):
    """The provider rejects the refund, usually because less than that is left of the payment."""


class PaymentGateway(Protocol):
    """The payment provider. It is never called while a unit of work is open.

    Requests are idempotent. Any method raises PaymentProviderError when the provider cannot be
    reached or rejects the request, and PaymentsNotConfigured without keys.
    """

    @property
    def livemode(self) -> bool:
        """Whether its key moves real money."""
        ...

    def check_configured(self) -> None:
        """Raise PaymentsNotConfigured without keys."""
        ...

    async def close(self) -> None:
        """Close all connections. The gateway is not used afterwards."""
        ...

    async def create_customer(self, user_id: UserId, email: str) -> str:
        """Return the customer id of that user, who becomes a customer if needed."""
        ...

    async def open_checkout(
        self, checkout: Checkout, customer_id: str, description: str
    ) -> CheckoutSnapshot:
        """Open the page of that checkout, or return the page that was opened before."""
        ...

    async def get_checkout(self, session_id: str) -> CheckoutSnapshot:
        """Return the current state of the page."""
        ...

    async def expire_checkout(self, session_id: str) -> CheckoutSnapshot:
        """Close the page unless it is paid or closed already. Returns its state afterwards."""
        ...

    async def open_portal(self, customer_id: str, request_id: UUID) -> str:
        """Return the URL at which the customer can manage plans and cards."""
        ...

    async def refund(self, refund_id: UUID, payment_id: str, amount: Money) -> None:
        """Refund that amount of a payment. Raises RefundRefused."""
        ...

    async def get_payment(self, payment_id: str) -> ChargeSnapshot:
        """Return a payment with the total refunded of it."""
        ...

    async def bill_of(self, payment_id: str) -> str | None:
        """Return the id of the bill that was paid with it; None for a booking's payment."""
        ...

    async def get_subscription(self, subscription_id: str) -> SubscriptionSnapshot:
        """Return the current state of the subscription."""
        ...

    async def paid_bills(self, subscription_id: str) -> Sequence[BillSnapshot]:
        """Return the latest paid bills of a subscription."""
        ...
