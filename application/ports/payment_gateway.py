"""PaymentGateway: what the house asks of Stripe, and what Stripe tells of its things."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.checkouts import Checkout
from domain.ids import UserId
from domain.money import Money
from domain.period import Period
from domain.subscriptions import PlanType

CURRENCY = "usd"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutSnapshot:
    """A checkout's page as Stripe has it. `status`: open, complete or expired."""

    session_id: str
    checkout_id: UUID | None
    status: str
    is_paid: bool
    amount: int | None
    currency: str | None
    payment_id: str | None
    subscription_id: str | None
    url: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionSnapshot:
    """A subscription as Stripe has it; `plan_type` is None for a price that is not the house's."""

    id: str
    customer_id: str
    user_id: UserId | None
    status: str
    plan_type: PlanType | None
    period: Period
    cancel_at_period_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BillSnapshot:
    """Stripe's invoice of one period of a subscription, paid or not.

    Its id also names its payment, whose own id is not told with it.
    """

    id: str
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
    """How much of a payment has gone back, all told.

    `payment_id` is that of the bill which was paid with it, as far as that is told.
    """

    payment_id: str
    amount: int
    refunded: int


Snapshot = CheckoutSnapshot | SubscriptionSnapshot | BillSnapshot | ChargeSnapshot


class RefundRefused(Exception):
    """Stripe gives no such refund; most of all because less than that is left of the payment."""


class PaymentGateway(Protocol):
    """Never called while a unit of work is open.

    Asking for the same thing again gives the same thing. Any method raises PaymentProviderError
    when Stripe is out of reach or refuses, and PaymentsNotConfigured without keys.
    """

    @property
    def livemode(self) -> bool:
        """Whether its key moves real money."""
        ...

    def check_configured(self) -> None:
        """Raise PaymentsNotConfigured without keys."""
        ...

    async def close(self) -> None:
        """End its connections; nothing is asked of it afterwards."""
        ...

    async def create_customer(self, user_id: UserId, email: str) -> str:
        """The id of that user as a customer."""
        ...

    async def open_checkout(
        self, checkout: Checkout, customer_id: str, description: str
    ) -> CheckoutSnapshot:
        """The page of that checkout."""
        ...

    async def get_checkout(self, session_id: str) -> CheckoutSnapshot:
        """The page as it is now."""
        ...

    async def expire_checkout(self, session_id: str) -> CheckoutSnapshot:
        """The page after it was closed, unless it was paid or closed before."""
        ...

    async def open_portal(self, customer_id: str, request_id: UUID) -> str:
        """The address at which the customer can manage plans and cards."""
        ...

    async def refund(self, refund_id: UUID, payment_id: str, amount: Money) -> None:
        """Give that much of a payment back. Raises RefundRefused."""
        ...

    async def get_payment(self, payment_id: str) -> ChargeSnapshot:
        """How much of a payment has gone back."""
        ...

    async def bill_of(self, payment_id: str) -> str | None:
        """The id of the bill that was paid with it; None for a booking's payment."""
        ...

    async def get_subscription(self, subscription_id: str) -> SubscriptionSnapshot:
        """The subscription as it is now."""
        ...

    async def paid_bills(self, subscription_id: str) -> Sequence[BillSnapshot]:
        """The latest paid invoices of a subscription."""
        ...
