"""NoPayments: the payment gateway of a house without keys for a provider."""

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


class NoPayments:
    """The port PaymentGateway; every request raises PaymentsNotConfigured."""

    livemode = False

    def check_configured(self) -> None:
        """Raise PaymentsNotConfigured."""
        _refuse()

    async def close(self) -> None:
        """Do nothing: there is no connection."""

    async def create_customer(self, user_id: UserId, email: str) -> str:
        """Raise PaymentsNotConfigured."""
        _refuse()

    async def open_checkout(
        self, checkout: Checkout, customer_id: str, description: str
    ) -> CheckoutSnapshot:
        """Raise PaymentsNotConfigured."""
        _refuse()

    async def get_checkout(self, session_id: str) -> CheckoutSnapshot:
        """Raise PaymentsNotConfigured."""
        _refuse()

    async def expire_checkout(self, session_id: str) -> CheckoutSnapshot:
        """Raise PaymentsNotConfigured."""
        _refuse()

    async def open_portal(self, customer_id: str, request_id: UUID) -> str:
        """Raise PaymentsNotConfigured."""
        _refuse()

    async def refund(self, refund_id: UUID, payment_id: str, amount: Money) -> None:
        """Raise PaymentsNotConfigured."""
        _refuse()

    async def get_payment(self, payment_id: str) -> ChargeSnapshot:
        """Raise PaymentsNotConfigured."""
        _refuse()

    async def bill_of(self, payment_id: str) -> str | None:
        """Raise PaymentsNotConfigured."""
        _refuse()

    async def get_subscription(self, subscription_id: str) -> SubscriptionSnapshot:
        """Raise PaymentsNotConfigured."""
        _refuse()

    async def paid_bills(self, subscription_id: str) -> Sequence[BillSnapshot]:
        """Raise PaymentsNotConfigured."""
        _refuse()


def _refuse() -> NoReturn:
    raise PaymentsNotConfigured("This house takes no payments through Stripe.")
