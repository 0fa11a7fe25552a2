"""FakePaymentGateway: a fake payment provider whose pages and refunds tests can inspect."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from application.ports.payment_gateway import (
    CURRENCY,
    BillSnapshot,
    ChargeSnapshot,
    CheckoutSnapshot,
    PaymentStatus,
    RefundRefused,
    SubscriptionSnapshot,
)
from domain.checkouts import Checkout
from domain.errors import PaymentProviderError
from domain.ids import UserId
from domain.money import Money


class FakePaymentGateway:
    """The port PaymentGateway. While `is_away`, it raises PaymentProviderError."""

    livemode = False

    def __init__(self) -> None:
        self.is_away = False
        self.customers: dict[UserId, str] = {}
        self.checkouts: dict[str, CheckoutSnapshot] = {}
        self.subscriptions: dict[str, SubscriptionSnapshot] = {}
        self.bills: dict[str, BillSnapshot] = {}
        self.bill_by_payment: dict[str, str] = {}
        self.charged: dict[str, int] = {}
        self.refunds: dict[UUID, tuple[str, Money]] = {}

    def check_configured(self) -> None:
        """Do nothing: it is configured."""

    async def close(self) -> None:
        """Do nothing: there is no connection."""

    async def create_customer(self, user_id: UserId, email: str) -> str:
        """Return the same id for the same user."""
        self._answer()
        return self.customers.setdefault(user_id, f"cus_{email}")

    async def open_checkout(
        self, checkout: Checkout, customer_id: str, description: str
    ) -> CheckoutSnapshot:
        """Return an open page."""
        self._answer()
        snapshot = CheckoutSnapshot(
            session_id=f"cs_{checkout.id}",
            checkout_id=checkout.id,
            status=PaymentStatus.OPEN,
            amount=checkout.amount.cents if checkout.amount else None,
            currency=CURRENCY,
            payment_id=None,
            subscription_id=None,
            url=f"https://pay.example/{customer_id}/{description}",
            expires_at=checkout.requested_expiry,
        )
        return self.checkouts.setdefault(snapshot.session_id, snapshot)

    def pay(self, session_id: str) -> CheckoutSnapshot:
        """Pay on the page, as a customer would."""
        snapshot = self.checkouts[session_id]
        payment_id = f"pi_{session_id}"
        self.charged[payment_id] = snapshot.amount or 0
        paid = replace(snapshot, status=PaymentStatus.PAID, payment_id=payment_id)
        self.checkouts[session_id] = paid
        return paid

    async def get_checkout(self, session_id: str) -> CheckoutSnapshot:
        """Return the current state of the page."""
        self._answer()
        return self.checkouts[session_id]

    async def expire_checkout(self, session_id: str) -> CheckoutSnapshot:
        """Close the page if it is open."""
        self._answer()
        snapshot = self.checkouts[session_id]
        if snapshot.status is PaymentStatus.OPEN:
            snapshot = replace(snapshot, status=PaymentStatus.EXPIRED)
            self.checkouts[session_id] = snapshot
        return snapshot

    async def open_portal(self, customer_id: str, request_id: UUID) -> str:
        """Return a URL."""
        self._answer()
        return f"https://portal.example/{customer_id}/{request_id}"

    async def refund(self, refund_id: UUID, payment_id: str, amount: Money) -> None:
        """Refund once under each id, and never more than was paid."""
        self._answer()
        if refund_id in self.refunds:
            return
        if self._refunded(payment_id) + amount.cents > self.charged.get(payment_id, 0):
            raise RefundRefused("charge_already_refunded")
        self.refunds[refund_id] = (payment_id, amount)

    async def get_payment(self, payment_id: str) -> ChargeSnapshot:
        """Return the payment with the total refunded of it."""
        self._answer()
        return ChargeSnapshot(
            payment_id=payment_id,
            amount=self.charged[payment_id],
            refunded=self._refunded(payment_id),
        )

    async def bill_of(self, payment_id: str) -> str | None:
        """Return what the test stored."""
        self._answer()
        return self.bill_by_payment.get(payment_id)

    async def get_subscription(self, subscription_id: str) -> SubscriptionSnapshot:
        """Return what the test stored."""
        self._answer()
        return self.subscriptions[subscription_id]

    async def paid_bills(self, subscription_id: str) -> Sequence[BillSnapshot]:
        """Return what the test stored."""
        self._answer()
        return [bill for bill in self.bills.values() if bill.subscription_id == subscription_id]

    def _refunded(self, payment_id: str) -> int:
        return sum(amount.cents for paid, amount in self.refunds.values() if paid == payment_id)

    def _answer(self) -> None:
        if self.is_away:
            raise PaymentProviderError("The payment provider cannot be reached.")
