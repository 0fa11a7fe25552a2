"""StripePaymentGateway: Stripe's API through its SDK."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import stripe

from adapters.stripe.snapshots import (
    MALFORMED_ERRORS,
    Plans,
    bill_snapshot,
    charge_snapshot,
    checkout_snapshot,
    required_id,
    subscription_snapshot,
)
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
from domain.errors import PaymentProviderError, PaymentsNotConfigured
from domain.ids import UserId
from domain.money import Money

TIMEOUT_SECONDS = 10
MAX_RETRIES = 2
MAX_REFUNDS = 100
"""Page size for the refunds of one payment; a booking never has nearly as many."""
_MIN_SERVER_ERROR = 500


class StripePaymentGateway:
    """Implements application.ports.payment_gateway.PaymentGateway. One per process.

    `prices` are the plans by price id, and customers return to `frontend_url`. `timeout` is in
    seconds and applies to each attempt.
    """

    def __init__(
        self,
        secret_key: str,
        prices: Plans,
        frontend_url: str,
        *,
        api_base: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
        retries: int = MAX_RETRIES,
    ) -> None:
        self._prices = prices
        self._frontend_url = frontend_url
        # A sandbox on this machine needs no CA certificates, which are slow to load.
        is_plain = api_base is not None and api_base.startswith("http://")
        self._http = stripe.HTTPXClient(timeout=timeout, verify_ssl_certs=not is_plain)
        self._api = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base} if api_base else {},
            max_network_retries=retries,
            http_client=self._http,
        ).v1
        self._livemode = "_live_" in secret_key

    @property
    def livemode(self) -> bool:
        """Whether its key moves real money."""
        return self._livemode

    def check_configured(self) -> None:
        """Do nothing: the adapter is created only with a key."""

    async def unusable_prices(self) -> Sequence[str]:
        """Check the key, and return the ids of the prices that cannot be subscribed to."""
        unusable = []
        with _translate_errors():
            # A call that the service makes too: a restricted key may permit no other.
            await self._api.checkout.sessions.list_async({"limit": 1})
            for price_id in self._prices:
                try:
                    price = (await self._api.prices.retrieve_async(price_id)).to_dict()
                except stripe.InvalidRequestError:
                    unusable.append(price_id)
                    continue
                recurring = price.get("recurring") or {}
                if (price["active"], price["currency"]) != (True, CURRENCY) or (
                    recurring.get("interval") != "month"
                ):
                    unusable.append(price_id)
        return unusable

    async def close(self) -> None:
        """Close all connections to Stripe."""
        await self._http.close_async()  # type: ignore[no-untyped-call]  # the SDK has no types there

    async def create_customer(self, user_id: UserId, email: str) -> str:
        """Return the customer id of that user, who becomes a customer if needed."""
        with _translate_errors():
            params = {"email": email, "metadata": {"user_id": str(user_id)}}
            customer = await _post(self._api.customers.create_async, params, f"customer-{user_id}")
            return str(customer.id)

    async def open_checkout(
        self, checkout: Checkout, customer_id: str, description: str
    ) -> CheckoutSnapshot:
        """Open the page of that checkout, or return the page that was opened before."""
        params = self._checkout_params(checkout, customer_id, description)
        with _translate_errors():
            create = self._api.checkout.sessions.create_async
            session = await _post(create, params, f"checkout-{checkout.id}")
            return checkout_snapshot(session.to_dict())

    async def get_checkout(self, session_id: str) -> CheckoutSnapshot:
        """Return the current state of the page."""
        with _translate_errors():
            session = await self._api.checkout.sessions.retrieve_async(session_id)
            return checkout_snapshot(session.to_dict())

    async def expire_checkout(self, session_id: str) -> CheckoutSnapshot:
        """Close the page unless it is paid or closed already. Returns its state afterwards."""
        with _translate_errors():
            try:
                expire = partial(self._api.checkout.sessions.expire_async, session_id)
                session = await _post(expire, {}, f"expire-{session_id}")
            except stripe.InvalidRequestError:
                session = await self._api.checkout.sessions.retrieve_async(session_id)
            return checkout_snapshot(session.to_dict())

    async def open_portal(self, customer_id: str, request_id: UUID) -> str:
        """Return the URL at which the customer can manage plans and cards."""
        with _translate_errors():
            params = {"customer": customer_id, "return_url": f"{self._frontend_url}/billing"}
            create = self._api.billing_portal.sessions.create_async
            portal = await _post(create, params, f"portal-{request_id}")
            return str(portal.url)

    async def refund(self, refund_id: UUID, payment_id: str, amount: Money) -> None:
        """Refund that amount of a payment. Raises RefundRefused.

        Stripe forgets an idempotency key after a day, but a refund may be retried later than that.
        So Stripe's list of the payment's refunds decides whether the refund already exists.
        """
        params = {
            "payment_intent": payment_id,
            "amount": amount.cents,
            "metadata": {"refund_id": str(refund_id)},
        }
        key = f"refund-{refund_id}"
        with _translate_errors():
            refund = await self._find_refund(refund_id, payment_id)
            try:
                refund = refund or await self._create_refund(params, key)
            except stripe.StripeError as error:
                if not _is_stored_failure(error):
                    raise
                refund = await self._find_refund(refund_id, payment_id)
                refund = refund or await self._create_refund(params, f"{key}-again")
        if refund.status in {"failed", "canceled"}:
            raise PaymentProviderError("The refund failed at Stripe.")

    async def _find_refund(self, refund_id: UUID, payment_id: str) -> stripe.Refund | None:
        refunds = await self._api.refunds.list_async(
            {"payment_intent": payment_id, "limit": MAX_REFUNDS}
        )
        return next((refund for refund in refunds.data if _has_id(refund, refund_id)), None)

    async def _create_refund(self, params: Any, key: str) -> stripe.Refund:
        try:
            return await self._api.refunds.create_async(params, {"idempotency_key": key})
        except stripe.InvalidRequestError as error:
            raise RefundRefused(str(error.code)) from error

    async def get_payment(self, payment_id: str) -> ChargeSnapshot:
        """Return a payment with the total refunded of it."""
        with _translate_errors():
            payment = await self._api.payment_intents.retrieve_async(
                payment_id, {"expand": ["latest_charge"]}
            )
            return charge_snapshot(payment.to_dict()["latest_charge"])

    async def bill_of(self, payment_id: str) -> str | None:
        """Return the id of the bill that was paid with it; None for a booking's payment."""
        with _translate_errors():
            payments = await self._api.invoice_payments.list_async(
                {
                    "payment": {"type": "payment_intent", "payment_intent": payment_id},
                    "limit": 1,
                }
            )
            invoices = (required_id(payment.to_dict()["invoice"]) for payment in payments.data)
            return next(invoices, None)

    async def get_subscription(self, subscription_id: str) -> SubscriptionSnapshot:
        """Return the current state of the subscription."""
        with _translate_errors():
            subscription = await self._api.subscriptions.retrieve_async(subscription_id)
            return subscription_snapshot(subscription.to_dict(), self._prices)

    async def paid_bills(self, subscription_id: str) -> Sequence[BillSnapshot]:
        """Return the latest paid bills of a subscription."""
        with _translate_errors():
            invoices = await self._api.invoices.list_async(
                {"subscription": subscription_id, "status": "paid", "limit": 12}
            )
            return [
                bill_snapshot(invoice.to_dict(), self._prices, PaymentStatus.PAID)
                for invoice in invoices.data
            ]

    def _checkout_params(
        self, checkout: Checkout, customer_id: str, description: str
    ) -> dict[str, Any]:
        ids = {
            "checkout_id": checkout.id,
            "user_id": checkout.user_id,
            "booking_id": checkout.booking_id,
            "plan_type": checkout.plan_type,
        }
        metadata = {name: str(value) for name, value in ids.items() if value is not None}
        common = {
            "customer": customer_id,
            "client_reference_id": str(checkout.id),
            "metadata": metadata,
            "expires_at": int(checkout.requested_expiry.timestamp()),
            "success_url": f"{self._frontend_url}/billing/success"
            "?session_id={CHECKOUT_SESSION_ID}",
            "cancel_url": f"{self._frontend_url}/billing/cancel",
        }
        if checkout.plan_type is not None:
            return common | {
                "mode": "subscription",
                "line_items": [{"price": self._price_id_of(checkout), "quantity": 1}],
                "subscription_data": {"metadata": metadata},
            }
        price = {
            "currency": CURRENCY,
            "unit_amount": checkout.amount.cents if checkout.amount else 0,
            "product_data": {"name": description},
        }
        return common | {
            "mode": "payment",
            "line_items": [{"price_data": price, "quantity": 1}],
            "payment_intent_data": {"metadata": metadata},
        }

    def _price_id_of(self, checkout: Checkout) -> str:
        for price_id, plan_type in self._prices.items():
            if plan_type is checkout.plan_type:
                return price_id
        raise PaymentsNotConfigured("No Stripe price is configured for this plan.")


def _has_id(refund: stripe.Refund, refund_id: UUID) -> bool:
    metadata = refund.to_dict().get("metadata") or {}
    return bool(metadata.get("refund_id") == str(refund_id))


async def _post(call: Callable[..., Awaitable[Any]], params: Any, key: str) -> Any:
    """POST under that idempotency key, and retry once under another key after a stored failure.

    Stripe stores its own failures under a key too, and returns them for a day. A retry under
    another key may create the object twice. That is harmless except for refunds: no customer is
    sent to the first of two pages, and no money is with the first of two customers.
    """
    try:
        return await call(params, {"idempotency_key": key})
    except stripe.StripeError as error:
        if not _is_stored_failure(error):
            raise
        return await call(params, {"idempotency_key": f"{key}-again"})


def _is_stored_failure(error: stripe.StripeError) -> bool:
    """Whether Stripe stored this failure under the idempotency key."""
    names = {str(name).lower() for name in error.headers or {}}
    return (error.http_status or 0) >= _MIN_SERVER_ERROR and "idempotent-replayed" in names


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except stripe.StripeError as error:
        reason = error.code or type(error).__name__
        raise PaymentProviderError(f"The request to Stripe failed ({reason}).") from error
    except MALFORMED_ERRORS as error:
        if isinstance(error, PaymentProviderError | PaymentsNotConfigured):
            raise
        raise PaymentProviderError("Stripe returned an unexpected response.") from error
