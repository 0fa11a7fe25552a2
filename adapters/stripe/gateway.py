"""StripePayments: Stripe's API, through its own SDK."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import stripe

from adapters.stripe.snapshots import (
    ODD,
    Plans,
    bill_snapshot,
    charge_snapshot,
    checkout_snapshot,
    needed_id,
    subscription_snapshot,
)
from application.ports.payment_gateway import (
    CURRENCY,
    BillSnapshot,
    ChargeSnapshot,
    CheckoutSnapshot,
    RefundRefused,
    SubscriptionSnapshot,
)
from domain.checkouts import Checkout
from domain.errors import PaymentProviderError, PaymentsNotConfigured
from domain.ids import UserId
from domain.money import Money

TIMEOUT_SECONDS = 10
MOST_RETRIES = 2
MOST_REFUNDS = 100
"""Of one payment that Stripe tells of in one answer; the house never asks for nearly as many."""
_FIRST_FAILURE = 500


class StripePayments:
    """The port PaymentGateway. One a process; `close` ends its connections.

    `prices` are the plans by the ids of their prices, `frontend_url` where people come back to.
    `timeout` is in seconds and for one try.
    """

    def __init__(
        self,
        secret_key: str,
        prices: Plans,
        frontend_url: str,
        *,
        api_base: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
        retries: int = MOST_RETRIES,
    ) -> None:
        self._prices = prices
        self._frontend_url = frontend_url
        # A stand-in on this machine needs no authorities, which take long to load.
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
        """It is."""

    async def unusable_prices(self) -> Sequence[str]:
        """Ask whether Stripe takes the key; which of the plans' prices cannot be subscribed to."""
        unusable = []
        with _failures_translated():
            # What the service itself asks for: a restricted key may see nothing else.
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
        """The id of that user as a customer."""
        with _failures_translated():
            params = {"email": email, "metadata": {"user_id": str(user_id)}}
            customer = await _written(
                self._api.customers.create_async, params, f"customer-{user_id}"
            )
            return str(customer.id)

    async def open_checkout(
        self, checkout: Checkout, customer_id: str, description: str
    ) -> CheckoutSnapshot:
        """The page of that checkout."""
        params = self._checkout_params(checkout, customer_id, description)
        with _failures_translated():
            create = self._api.checkout.sessions.create_async
            session = await _written(create, params, f"checkout-{checkout.id}")
            return checkout_snapshot(session.to_dict())

    async def get_checkout(self, session_id: str) -> CheckoutSnapshot:
        """The page as it is now."""
        with _failures_translated():
            session = await self._api.checkout.sessions.retrieve_async(session_id)
            return checkout_snapshot(session.to_dict())

    async def expire_checkout(self, session_id: str) -> CheckoutSnapshot:
        """The page after it was closed, unless it was paid or closed before."""
        with _failures_translated():
            try:
                expire = partial(self._api.checkout.sessions.expire_async, session_id)
                session = await _written(expire, {}, f"expire-{session_id}")
            except stripe.InvalidRequestError:
                session = await self._api.checkout.sessions.retrieve_async(session_id)
            return checkout_snapshot(session.to_dict())

    async def open_portal(self, customer_id: str, request_id: UUID) -> str:
        """The address at which the customer can manage plans and cards."""
        with _failures_translated():
            params = {"customer": customer_id, "return_url": f"{self._frontend_url}/billing"}
            create = self._api.billing_portal.sessions.create_async
            portal = await _written(create, params, f"portal-{request_id}")
            return str(portal.url)

    async def refund(self, refund_id: UUID, payment_id: str, amount: Money) -> None:
        """Give that much of a payment back. Raises RefundRefused.

        Stripe forgets an idempotency key after a day, and this may be asked for again after more
        than that. So Stripe's own list of the payment's refunds is what tells whether it was done.
        """
        params = {
            "payment_intent": payment_id,
            "amount": amount.cents,
            "metadata": {"refund_id": str(refund_id)},
        }
        key = f"refund-{refund_id}"
        with _failures_translated():
            refund = await self._known_refund(refund_id, payment_id)
            try:
                refund = refund or await self._new_refund(params, key)
            except stripe.StripeError as error:
                if not _is_kept(error):
                    raise
                refund = await self._known_refund(refund_id, payment_id)
                refund = refund or await self._new_refund(params, f"{key}-again")
        if refund.status in {"failed", "canceled"}:
            raise PaymentProviderError("The refund failed at Stripe.")

    async def _known_refund(self, refund_id: UUID, payment_id: str) -> stripe.Refund | None:
        made = await self._api.refunds.list_async(
            {"payment_intent": payment_id, "limit": MOST_REFUNDS}
        )
        return next((one for one in made.data if _names(one, refund_id)), None)

    async def _new_refund(self, params: Any, key: str) -> stripe.Refund:
        try:
            return await self._api.refunds.create_async(params, {"idempotency_key": key})
        except stripe.InvalidRequestError as error:
            raise RefundRefused(str(error.code)) from error

    async def get_payment(self, payment_id: str) -> ChargeSnapshot:
        """How much of a payment has gone back."""
        with _failures_translated():
            payment = await self._api.payment_intents.retrieve_async(
                payment_id, {"expand": ["latest_charge"]}
            )
            return charge_snapshot(payment.to_dict()["latest_charge"])

    async def bill_of(self, payment_id: str) -> str | None:
        """The id of the bill that was paid with it; None for a booking's payment."""
        with _failures_translated():
            found = await self._api.invoice_payments.list_async(
                {
                    "payment": {"type": "payment_intent", "payment_intent": payment_id},
                    "limit": 1,
                }
            )
            return next((needed_id(one.to_dict()["invoice"]) for one in found.data), None)

    async def get_subscription(self, subscription_id: str) -> SubscriptionSnapshot:
        """The subscription as it is now."""
        with _failures_translated():
            found = await self._api.subscriptions.retrieve_async(subscription_id)
            return subscription_snapshot(found.to_dict(), self._prices)

    async def paid_bills(self, subscription_id: str) -> Sequence[BillSnapshot]:
        """The latest paid invoices of a subscription."""
        with _failures_translated():
            found = await self._api.invoices.list_async(
                {"subscription": subscription_id, "status": "paid", "limit": 12}
            )
            return [bill_snapshot(one.to_dict(), self._prices) for one in found.data]

    def _checkout_params(
        self, checkout: Checkout, customer_id: str, description: str
    ) -> dict[str, Any]:
        wanted = {
            "checkout_id": checkout.id,
            "user_id": checkout.user_id,
            "booking_id": checkout.booking_id,
            "plan_type": checkout.plan_type,
        }
        metadata = {name: str(value) for name, value in wanted.items() if value is not None}
        common = {
            "customer": customer_id,
            "client_reference_id": str(checkout.id),
            "metadata": metadata,
            "expires_at": int(checkout.asked_to_expire_at.timestamp()),
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


def _names(refund: stripe.Refund, refund_id: UUID) -> bool:
    metadata = refund.to_dict().get("metadata") or {}
    return bool(metadata.get("refund_id") == str(refund_id))


async def _written(call: Callable[..., Awaitable[Any]], params: Any, key: str) -> Any:
    """Ask for something under that idempotency key.

    Stripe also keeps a failure of its own for a key, and would answer with it for a day. What is
    asked for under another key then may be there twice. That does no harm but for a refund: nobody
    is led to the first of two pages, and no money is with the first of two customers.
    """
    try:
        return await call(params, {"idempotency_key": key})
    except stripe.StripeError as error:
        if not _is_kept(error):
            raise
        return await call(params, {"idempotency_key": f"{key}-again"})


def _is_kept(error: stripe.StripeError) -> bool:
    """Whether this is what Stripe answers with for the idempotency key from now on."""
    names = {str(name).lower() for name in error.headers or {}}
    return (error.http_status or 0) >= _FIRST_FAILURE and "idempotent-replayed" in names


@contextmanager
def _failures_translated() -> Iterator[None]:
    try:
        yield
    except stripe.StripeError as error:
        reason = error.code or type(error).__name__
        raise PaymentProviderError(f"The request to Stripe failed ({reason}).") from error
    except ODD as error:
        if isinstance(error, PaymentProviderError | PaymentsNotConfigured):
            raise
        raise PaymentProviderError("Stripe returned an unexpected response.") from error
