"""DisabledPaymentGateway: the payment gateway of a house without Stripe keys."""

from collections.abc import Sequence
from typing import NoReturn
from uuid import UUID

from application.ports.payment_gateway import (
    BillSnapshot,
    ChargeSnapshot,
    CheckoutSnapshot,
    SubscriptionSnapshot,
)
from domain.checkouts import Checkout
from domain.errors import PaymentsNotConfigured
from domain.ids import UserId
from domain.money import Money


class DisabledPaymentGateway:
    """Implements the port PaymentGateway. All calls but `close` raise PaymentsNotConfigured."""

    livemode = False

    def check_configured(self) -> None:
        """Raise PaymentsNotConfigured."""
        _raise()

    async def close(self) -> None:
        """Do nothing."""

    async def create_customer(self, user_id: UserId, email: str) -> str:
        """Raise PaymentsNotConfigured."""
        _raise()

    async def open_checkout(
        self, checkout: Checkout, customer_id: str, description: str
    ) -> CheckoutSnapshot:
        """Raise PaymentsNotConfigured."""
        _raise()

    async def get_checkout(self, session_id: str) -> CheckoutSnapshot:
        """Raise PaymentsNotConfigured."""
        _raise()

    async def expire_checkout(self, session_id: str) -> CheckoutSnapshot:
        """Raise PaymentsNotConfigured."""
        _raise()

    async def open_portal(self, customer_id: str, request_id: UUID) -> str:
        """Raise PaymentsNotConfigured."""
        _raise()

    async def refund(self, refund_id: UUID, payment_id: str, amount: Money) -> None:
        """Raise PaymentsNotConfigured."""
        _raise()

    async def get_payment(self, payment_id: str) -> ChargeSnapshot:
        """Raise PaymentsNotConfigured."""
        _raise()

    async def bill_of(self, payment_id: str) -> str | None:
        """Raise PaymentsNotConfigured."""
        _raise()

    async def get_subscription(self, subscription_id: str) -> SubscriptionSnapshot:
        """Raise PaymentsNotConfigured."""
        _raise()

    async def paid_bills(self, subscription_id: str) -> Sequence[BillSnapshot]:
        """Raise PaymentsNotConfigured."""
        _raise()


def _raise() -> NoReturn:
    raise PaymentsNotConfigured("Payments through Stripe are not configured.")
