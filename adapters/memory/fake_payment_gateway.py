"""FakePaymentGateway: a fake payment provider, whose pages and refunds a test can read."""

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
    """Implements PaymentGateway in memory. Raises PaymentProviderError while `is_down`."""

    livemode = False

    def __init__(self) -> None:
        self.is_down = False
        self.customers: dict[UserId, str] = {}
        self.checkouts: dict[str, CheckoutSnapshot] = {}
        self.subscriptions: dict[str, SubscriptionSnapshot] = {}
        self.bills: dict[str, BillSnapshot] = {}
        self.bill_by_payment: dict[str, str] = {}
        self.charged: dict[str, int] = {}
        self.refunds: dict[UUID, tuple[str, Money]] = {}

    def check_configured(self) -> None:
        """Do nothing: the fake is always configured."""

    async def close(self) -> None:
        """Do nothing: there is no connection."""

    async def create_customer(self, user_id: UserId, email: str) -> str:
        """Return the customer id of that user, the same each time."""
        self._check_is_up()
        return self.customers.setdefault(user_id, f"cus_{email}")

    async def open_checkout(
        self, checkout: Checkout, customer_id: str, description: str
    ) -> CheckoutSnapshot:
        """Return the open page of that checkout, the same each time."""
        self._check_is_up()
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
        self._check_is_up()
        return self.checkouts[session_id]

    async def expire_checkout(self, session_id: str) -> CheckoutSnapshot:
        """Close the page if it is open. Returns its state afterwards."""
        self._check_is_up()
        snapshot = self.checkouts[session_id]
        if snapshot.status is PaymentStatus.OPEN:
            snapshot = replace(snapshot, status=PaymentStatus.EXPIRED)
            self.checkouts[session_id] = snapshot
        return snapshot

    async def open_portal(self, customer_id: str, request_id: UUID) -> str:
        """Return a URL that names the customer and the request."""
        self._check_is_up()
        return f"https://portal.example/{customer_id}/{request_id}"

    async def refund(self, refund_id: UUID, payment_id: str, amount: Money) -> None:
        """Refund once per id. Raises RefundRefused for more than is left of the payment."""
        self._check_is_up()
        if refund_id in self.refunds:
            return
        if self._refunded(payment_id) + amount.cents > self.charged.get(payment_id, 0):
            raise RefundRefused("charge_already_refunded")
        self.refunds[refund_id] = (payment_id, amount)

    async def get_payment(self, payment_id: str) -> ChargeSnapshot:
        """Return the payment with the total refunded of it."""
        self._check_is_up()
        return ChargeSnapshot(
            payment_id=payment_id,
            amount=self.charged[payment_id],
            refunded=self._refunded(payment_id),
        )

    async def bill_of(self, payment_id: str) -> str | None:
        """Return the bill that the test put into `bill_by_payment`, or None."""
        self._check_is_up()
        return self.bill_by_payment.get(payment_id)

    async def get_subscription(self, subscription_id: str) -> SubscriptionSnapshot:
        """Return what the test put into `subscriptions`."""
        self._check_is_up()
        return self.subscriptions[subscription_id]

    async def paid_bills(self, subscription_id: str) -> Sequence[BillSnapshot]:
        """Return the subscription's bills of those that the test put into `bills`."""
        self._check_is_up()
        return [bill for bill in self.bills.values() if bill.subscription_id == subscription_id]

    def _refunded(self, payment_id: str) -> int:
        return sum(amount.cents for id_, amount in self.refunds.values() if id_ == payment_id)

    def _check_is_up(self) -> None:
        if self.is_down:
            raise PaymentProviderError("The payment provider cannot be reached.")
