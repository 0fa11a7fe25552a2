"""The sandbox as tests and the demo hold it: everything that can be done to it from outside."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from anyio import to_thread

from adapters.stripe.sandbox import invoices, paying, refunds, subscriptions
from adapters.stripe.sandbox.account import (
    CURRENT_VERSION,
    OLDER_VERSION,
    Account,
    Json,
    SandboxClock,
)
from adapters.stripe.sandbox.catalog import PLAN_PRICES, add_plans
from adapters.stripe.sandbox.checkout import KIND as CHECKOUT_SESSION
from adapters.stripe.sandbox.checkout import expire, expire_due
from adapters.stripe.sandbox.deliveries import (
    RETRY_DELAYS,
    Deliveries,
    DeliveryKind,
    DeliveryRule,
)
from adapters.stripe.sandbox.faults import Fault, FaultKind, FaultScript
from adapters.stripe.sandbox.forms import Params
from adapters.stripe.sandbox.idempotency import IdempotencyKeys
from adapters.stripe.sandbox.signing import encoded, signature

_REQUESTS_KEPT = 10_000


@dataclass(frozen=True)
class HandledRequest:
    """A call of the API, as the sandbox answered it. Status None: it was left without an answer."""

    method: str
    path: str
    idempotency_key: str | None
    status: int | None
    is_replayed: bool = False
    fault: FaultKind | None = None


class Sandbox:
    """A Stripe account of our own. Any method may be called in any thread.

    `clock` is the time it starts from and runs by, `ids_begin` what its ids begin with, so that a
    later run's are others.
    """

    def __init__(
        self,
        *,
        url: str,
        webhook_url: str | None = None,
        webhook_secret: str = "whsec_sandbox",  # noqa: S107 - it guards nothing.
        api_key: str = "sk_test_sandbox",
        clock: Callable[[], float] = time.time,
        ids_begin: str = "",
        retry_delays: Sequence[float] = RETRY_DELAYS,
    ) -> None:
        self.url = url
        self.api_key = api_key
        self.account = Account(SandboxClock(clock), ids_begin=ids_begin, url=url)
        self.faults = FaultScript()
        self.keys = IdempotencyKeys()
        self.requests: deque[HandledRequest] = deque(maxlen=_REQUESTS_KEPT)
        self.deliveries = Deliveries(clock, webhook_url, webhook_secret, retry_delays)
        self.account.on_event = self.deliveries.accept
        with self.account.lock:
            add_plans(self.account)

    # What there is.

    @property
    def price_ids(self) -> list[str]:
        """The plans' prices: hot desk, dedicated desk, private office."""
        return list(PLAN_PRICES)

    def ledger(self) -> list[Json]:
        """Every charge and refund there has been: kind, id, amount, currency, payment intent."""
        with self.account.lock:
            return deepcopy(self.account.ledger)

    def balance(self) -> int:
        """What is left of all charges after all refunds, in cents."""
        return sum(
            -entry["amount"] if entry["kind"] == "refund" else entry["amount"]
            for entry in self.ledger()
        )

    def all(self, kind: str) -> list[Json]:
        """Copies of all objects of a kind, as they are now: `charge`, `checkout.session`."""
        with self.account.lock:
            return deepcopy(self.account.all(kind))

    def get(self, kind: str, wanted: str) -> Json:
        """A copy of one object, as it is now."""
        with self.account.lock:
            return deepcopy(self.account.find(kind, wanted))

    def events(self, event_type: str | None = None) -> list[Json]:
        """All events so far, oldest first."""
        return [one for one in self.all("event") if event_type in {None, one["type"]}]

    def state(self) -> Json:
        """All that it knows, as a document: `restore` makes it know that, and nothing else."""
        with self.account.lock:
            return {"account": self.account.state(), "keys": self.keys.state()}

    def restore(self, state: Json) -> None:
        """Go on from a `state`. Its ids go on from where they are, its clock as it goes."""
        with self.account.lock:
            self.account.restore(state["account"])
            self.keys.restore(state["keys"])

    # Time.

    def now(self) -> int:
        """The moved time, in seconds since 1970."""
        return self.account.clock.now()

    def advance(self, by: timedelta) -> None:
        """Move the clock on, and do what has become due by then."""
        with self.account.lock:
            self.account.clock.advance(by.total_seconds())
            self.run_due()

    def run_due(self) -> None:
        """Let sessions expire and subscriptions renew whose time has come."""
        with self.account.lock:
            expire_due(self.account)
            subscriptions.renew_due(self.account)

    # What buyers, banks and people at the dashboard do.

    def pay(self, session_id: str) -> Json:
        """Pay with the card that is good."""
        return self._do(paying.pay, session_id)

    def decline(self, session_id: str) -> Json:
        """Try the card that is refused; the session stays open."""
        return self._do(paying.decline, session_id)

    def pay_later(self, session_id: str) -> Json:
        """Pay by a means that takes days: end it with `succeed_later` or `fail_later`."""
        return self._do(paying.pay_later, session_id)

    def succeed_later(self, session_id: str) -> Json:
        """What `pay_later` began goes through."""
        return self._do(paying.succeed_later, session_id)

    def fail_later(self, session_id: str) -> Json:
        """What `pay_later` began does not go through."""
        return self._do(paying.fail_later, session_id)

    def expire(self, session_id: str) -> Json:
        """Expire an open session before its time."""
        with self.account.lock:
            session = self.account.find(CHECKOUT_SESSION, session_id)
            if session["status"] == "open":
                expire(self.account, session)
            return deepcopy(session)

    def refund(self, payment_intent: str, amount: int | None = None) -> Json:
        """Refund from the dashboard, by default all that is left."""
        with self.account.lock:
            intent = self.account.find("payment_intent", payment_intent)
            charge = self.account.find("charge", intent["latest_charge"])
            return deepcopy(refunds.refund(self.account, charge, amount))

    def fail_refund(self, refund_id: str) -> Json:
        """The bank sends a refund back."""
        with self.account.lock:
            made = self.account.find("refund", refund_id)
            refunds.fail_refund(self.account, made)
            return deepcopy(made)

    def renew(self, subscription_id: str) -> Json:
        """Go on to the subscription's next period, whatever the time."""
        with self.account.lock:
            subscription = self.account.find("subscription", subscription_id)
            subscriptions.renew(self.account, subscription)
            return deepcopy(subscription)

    def decline_renewals(self, subscription_id: str, *, is_declined: bool = True) -> None:
        """Have the card refused, or taken again, when the subscription renews."""
        with self.account.lock:
            self.account.private[subscription_id]["is_declined"] = is_declined

    def pay_invoice(self, invoice_id: str) -> Json:
        """Collect an open invoice after all."""
        with self.account.lock:
            invoice = self.account.find("invoice", invoice_id)
            invoices.collect(self.account, invoice)
            return deepcopy(invoice)

    def switch_plan(self, subscription_id: str, price_id: str) -> Json:
        """As at the portal."""
        return self._update(subscription_id, {"items": [{"price": price_id}]})

    def cancel_at_period_end(self, subscription_id: str, *, is_ending: bool = True) -> Json:
        """As at the portal."""
        wanted = "true" if is_ending else "false"
        return self._update(subscription_id, {"cancel_at_period_end": wanted})

    def cancel(self, subscription_id: str) -> Json:
        """End a subscription at once."""
        with self.account.lock:
            subscription = self.account.find("subscription", subscription_id)
            subscriptions.end(self.account, subscription, reason="cancellation_requested")
            return deepcopy(subscription)

    # How it behaves.

    def use_older_shape(self, *, is_older: bool = True) -> None:
        """Make events in the API's shape until March 2025, or in the current one again."""
        self.account.event_version = OLDER_VERSION if is_older else CURRENT_VERSION

    def fault(
        self, kind: FaultKind, method: str = "*", path: str = "*", *, nth: int = 1, times: int = 1,
        seconds: float = 0.5,
    ) -> Fault:  # fmt: skip
        """Have a call go wrong: see `Fault`."""
        return self.faults.add(Fault(kind, method, path, nth, times, seconds))

    def on_the_way(
        self, kind: DeliveryKind, event_type: str = "*", *, times: int | None = None,
        copies: int = 2, seconds: float = 0.5,
    ) -> None:  # fmt: skip
        """Have something happen to events on their way: see `DeliveryRule`."""
        self.deliveries.script(DeliveryRule(kind, event_type, times, copies, seconds))

    def release(self, order: Sequence[str] | None = None) -> None:
        """Deliver what is held, in this order of event ids."""
        self.deliveries.release(order)

    def resend(self, event_id: str, times: int = 1) -> None:
        """Deliver an event once more, or many times side by side."""
        self.deliveries.send(self.get("event", event_id), times)

    async def settled(self, within: float = 10.0) -> None:
        """Wait until every event is delivered or given up, but for those that are held."""
        await to_thread.run_sync(partial(self.deliveries.settle, within))

    def signed(self, event: Json, *, at: float | None = None) -> tuple[bytes, str]:
        """The body and `Stripe-Signature` of a delivery, of any event, changed ones as well."""
        body = encoded(event)
        return body, self.sign(body, at=at)

    def sign(self, body: bytes, *, at: float | None = None) -> str:
        """The header `Stripe-Signature` for any bytes."""
        moment = self.deliveries.now() if at is None else at
        return signature(body, self.deliveries.webhook_secret, int(moment))

    def _do(self, act: Callable[[Account, str], Json], session_id: str) -> Json:
        with self.account.lock:
            return deepcopy(act(self.account, session_id))

    def _update(self, subscription_id: str, values: Json) -> Json:
        with self.account.lock:
            return deepcopy(
                subscriptions.update_subscription(self.account, Params(values), subscription_id)
            )
