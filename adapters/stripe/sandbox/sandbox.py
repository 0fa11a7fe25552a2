"""The sandbox's Python interface for tests and the demo."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from anyio import to_thread

from adapters.stripe.sandbox.account import (
    CURRENT_VERSION,
    LEGACY_VERSION,
    Json,
    SandboxAccount,
    SandboxClock,
)
from adapters.stripe.sandbox.api.idempotency import IdempotencyKeys
from adapters.stripe.sandbox.faults import Fault, FaultKind, FaultScript
from adapters.stripe.sandbox.params import Params
from adapters.stripe.sandbox.resources import checkout_payments, invoices, refunds, subscriptions
from adapters.stripe.sandbox.resources.checkout_sessions import KIND as CHECKOUT_SESSION
from adapters.stripe.sandbox.resources.checkout_sessions import expire, expire_due
from adapters.stripe.sandbox.resources.prices import PLAN_PRICES, add_plan_prices
from adapters.stripe.sandbox.webhooks.delivery import RETRY_DELAYS, WebhookDeliveries
from adapters.stripe.sandbox.webhooks.delivery_rules import DeliveryKind, DeliveryRule
from adapters.stripe.sandbox.webhooks.signature import event_payload, signature_header

_MAX_REQUESTS = 10_000


@dataclass(frozen=True)
class HandledRequest:
    """An API call that the sandbox handled. `status` is None if it sent no response."""

    method: str
    path: str
    idempotency_key: str | None
    status: int | None
    is_replayed: bool = False
    fault: FaultKind | None = None


class Sandbox:
    """A simulated Stripe account. Any method may be called in any thread.

    `clock` returns seconds since 1970 and drives the sandbox's time. `id_namespace` is part of
    each id; another one for each run keeps ids of different runs apart. `requests` holds the last
    10,000 API calls.
    """

    def __init__(
        self,
        *,
        url: str,
        webhook_url: str | None = None,
        webhook_secret: str = "whsec_sandbox",  # noqa: S107 - it protects nothing.
        api_key: str = "sk_test_sandbox",
        clock: Callable[[], float] = time.time,
        id_namespace: str = "",
        retry_delays: Sequence[float] = RETRY_DELAYS,
    ) -> None:
        self.url = url
        self.api_key = api_key
        self.account = SandboxAccount(SandboxClock(clock), id_namespace=id_namespace, url=url)
        self.faults = FaultScript()
        self.keys = IdempotencyKeys()
        self.requests: deque[HandledRequest] = deque(maxlen=_MAX_REQUESTS)
        self.deliveries = WebhookDeliveries(clock, webhook_url, webhook_secret, retry_delays)
        self.account.on_event = self.deliveries.enqueue
        with self.account.lock:
            add_plan_prices(self.account)

    # State

    @property
    def price_ids(self) -> list[str]:
        """The ids of the plans' prices: hot desk, dedicated desk, private office."""
        return list(PLAN_PRICES)

    def ledger(self) -> list[Json]:
        """Return all charges, refunds and failed refunds, oldest first.

        An entry has `kind`, `id`, `amount`, `currency`, `payment_intent`, `charge` and `at`.
        """
        with self.account.lock:
            return deepcopy(self.account.ledger)

    def balance(self) -> int:
        """Return all charges less all refunds, in cents."""
        return sum(
            -entry["amount"] if entry["kind"] == "refund" else entry["amount"]
            for entry in self.ledger()
        )

    def all(self, kind: str) -> list[Json]:
        """Return copies of all objects of a type, such as `charge`, oldest first."""
        with self.account.lock:
            return deepcopy(self.account.all(kind))

    def get(self, kind: str, object_id: str) -> Json:
        """Return a copy of an object. Raises ApiError if it does not exist."""
        with self.account.lock:
            return deepcopy(self.account.retrieve(kind, object_id))

    def events(self, event_type: str | None = None) -> list[Json]:
        """Return all events, or those of one type, oldest first."""
        return [event for event in self.all("event") if event_type in {None, event["type"]}]

    def state(self) -> Json:
        """Return a JSON document of the objects, the ledger and the idempotency keys."""
        with self.account.lock:
            return {"account": self.account.state(), "keys": self.keys.state()}

    def restore(self, state: Json) -> None:
        """Replace the state by one from `state`. Id counters and the clock are not affected."""
        with self.account.lock:
            self.account.restore(state["account"])
            self.keys.restore(state["keys"])

    # Time

    def now(self) -> int:
        """Return the sandbox's time, in seconds since 1970."""
        return self.account.clock.now()

    def advance(self, by: timedelta) -> None:
        """Advance the clock and process what is due."""
        with self.account.lock:
            self.account.clock.advance(by.total_seconds())
            self.run_due()

    def run_due(self) -> None:
        """Expire the checkout sessions and renew the subscriptions that are due."""
        with self.account.lock:
            expire_due(self.account)
            subscriptions.renew_due(self.account)

    # Actions of buyers, banks and dashboard users

    def pay(self, session_id: str) -> Json:
        """Pay a checkout session with a valid card."""
        return self._apply(checkout_payments.pay, session_id)

    def decline(self, session_id: str) -> Json:
        """Try to pay with a card that is declined; the session stays open."""
        return self._apply(checkout_payments.decline, session_id)

    def start_async_payment(self, session_id: str) -> Json:
        """Pay with a payment method that takes days to complete.

        `succeed_async_payment` or `fail_async_payment` ends the payment.
        """
        return self._apply(checkout_payments.start_async_payment, session_id)

    def succeed_async_payment(self, session_id: str) -> Json:
        """Complete the session's asynchronous payment."""
        return self._apply(checkout_payments.succeed_async_payment, session_id)

    def fail_async_payment(self, session_id: str) -> Json:
        """Fail the session's asynchronous payment."""
        return self._apply(checkout_payments.fail_async_payment, session_id)

    def expire(self, session_id: str) -> Json:
        """Expire a checkout session now, if it is open."""
        with self.account.lock:
            session = self.account.retrieve(CHECKOUT_SESSION, session_id)
            if session["status"] == "open":
                expire(self.account, session)
            return deepcopy(session)

    def refund(self, payment_intent: str, amount: int | None = None) -> Json:
        """Refund a payment intent, as from the dashboard; by default all that is refundable."""
        with self.account.lock:
            intent = self.account.retrieve("payment_intent", payment_intent)
            charge = self.account.retrieve("charge", intent["latest_charge"])
            return deepcopy(refunds.refund_charge(self.account, charge, amount))

    def fail_refund(self, refund_id: str) -> Json:
        """Mark a refund as failed: the bank returned the money."""
        with self.account.lock:
            refund = self.account.retrieve("refund", refund_id)
            refunds.fail_refund(self.account, refund)
            return deepcopy(refund)

    def renew(self, subscription_id: str) -> Json:
        """Start the subscription's next period, whatever the time."""
        with self.account.lock:
            subscription = self.account.retrieve("subscription", subscription_id)
            subscriptions.renew(self.account, subscription)
            return deepcopy(subscription)

    def decline_renewals(self, subscription_id: str, *, is_declined: bool = True) -> None:
        """Decline the card at the subscription's renewals, or accept it again."""
        with self.account.lock:
            self.account.private[subscription_id]["is_declined"] = is_declined

    def pay_invoice(self, invoice_id: str) -> Json:
        """Collect the payment of an open invoice."""
        with self.account.lock:
            invoice = self.account.retrieve("invoice", invoice_id)
            invoices.collect_payment(self.account, invoice)
            return deepcopy(invoice)

    def switch_plan(self, subscription_id: str, price_id: str) -> Json:
        """Change the subscription's price, as in the portal."""
        return self._update_subscription(subscription_id, {"items": [{"price": price_id}]})

    def cancel_at_period_end(self, subscription_id: str, *, is_ending: bool = True) -> Json:
        """Set or clear `cancel_at_period_end`, as in the portal."""
        value = "true" if is_ending else "false"
        return self._update_subscription(subscription_id, {"cancel_at_period_end": value})

    def cancel(self, subscription_id: str) -> Json:
        """Cancel a subscription immediately."""
        with self.account.lock:
            subscription = self.account.retrieve("subscription", subscription_id)
            subscriptions.end_subscription(self.account, subscription)
            return deepcopy(subscription)

    # Behavior

    def use_legacy_events(self, *, is_legacy: bool = True) -> None:
        """Create events in an API version before 2025-03-31, or in the current one again."""
        self.account.event_version = LEGACY_VERSION if is_legacy else CURRENT_VERSION

    def add_fault(
        self, kind: FaultKind, method: str = "*", path: str = "*", *, nth: int = 1, times: int = 1,
        seconds: float = 0.5,
    ) -> Fault:  # fmt: skip
        """Make matching API calls fail: see `Fault`."""
        return self.faults.add(Fault(kind, method, path, nth, times, seconds))

    def add_delivery_rule(
        self, kind: DeliveryKind, event_type: str = "*", *, times: int | None = None,
        copies: int = 2, seconds: float = 0.5,
    ) -> None:  # fmt: skip
        """Drop, duplicate, delay or hold matching events: see `DeliveryRule`."""
        self.deliveries.add_rule(DeliveryRule(kind, event_type, times, copies, seconds))

    # Webhooks

    def release(self, order: Sequence[str] | None = None) -> None:
        """Deliver the held events, in their own order or in this order of event ids."""
        self.deliveries.release(order)

    def resend(self, event_id: str, times: int = 1) -> None:
        """Deliver an event again, `times` times concurrently."""
        self.deliveries.resend(self.get("event", event_id), times)

    async def wait_for_deliveries(self, timeout_seconds: float = 10.0) -> None:
        """Wait until each event that is not held is delivered or abandoned. Raises TimeoutError."""
        await to_thread.run_sync(partial(self.deliveries.wait_until_idle, timeout_seconds))

    def sign_event(self, event: Json, *, at: float | None = None) -> tuple[bytes, str]:
        """Return the payload and the `Stripe-Signature` of any event document."""
        payload = event_payload(event)
        return payload, self.sign(payload, at=at)

    def sign(self, payload: bytes, *, at: float | None = None) -> str:
        """Return the `Stripe-Signature` of any bytes, signed now or at a time since 1970."""
        timestamp = self.deliveries.now() if at is None else at
        return signature_header(payload, self.deliveries.webhook_secret, int(timestamp))

    def _apply(self, action: Callable[[SandboxAccount, str], Json], session_id: str) -> Json:
        with self.account.lock:
            return deepcopy(action(self.account, session_id))

    def _update_subscription(self, subscription_id: str, values: Json) -> Json:
        with self.account.lock:
            return deepcopy(
                subscriptions.update_subscription(self.account, Params(values), subscription_id)
            )
