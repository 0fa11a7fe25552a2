"""Delivers events to the webhook: in order, with retries, subject to the delivery rules."""

import asyncio
import ssl
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from threading import Condition
from typing import Any

import httpx

from adapters.stripe.sandbox.account import Json
from adapters.stripe.sandbox.webhooks.delivery_rules import (
    DeliveryKind,
    DeliveryRule,
    DeliveryRules,
)
from adapters.stripe.sandbox.webhooks.signature import event_payload, signature_header

RETRY_DELAYS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
"""Seconds before each retry; after the last one the delivery is abandoned."""
_TIMEOUT_SECONDS = 15.0


@dataclass(frozen=True)
class DeliveryAttempt:
    """One request to the webhook: its response status, or the connection error."""

    event_id: str
    event_type: str
    status: int | None
    error: str | None = None


class WebhookDeliveries:
    """The queue of events for one webhook endpoint.

    `enqueue`, `release`, `resend` and `wait_until_idle` may be called in any thread while `run`
    runs in the server's. Events of a sandbox without `webhook_url` are not delivered.
    """

    def __init__(
        self,
        now: Callable[[], float],
        webhook_url: str | None,
        webhook_secret: str,
        retry_delays: Sequence[float] = RETRY_DELAYS,
    ) -> None:
        self.now = now
        self.webhook_url = webhook_url
        self.webhook_secret = webhook_secret
        self.retry_delays = retry_delays
        self.attempts: list[DeliveryAttempt] = []
        self.held: list[Json] = []
        self.dropped: list[Json] = []
        self._rules = DeliveryRules()
        self._condition = Condition()
        self._pending_count = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queue: asyncio.Queue[Json] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()

    def add_rule(self, rule: DeliveryRule) -> None:
        """Append a rule; the first that matches an event applies."""
        with self._condition:
            self._rules.add(rule)

    def clear_rules(self) -> None:
        """Remove all rules. Events that are held stay held."""
        with self._condition:
            self._rules.clear()

    def enqueue(self, event: Json) -> None:
        """Queue a new event for delivery, or apply the first matching rule to it."""
        if self.webhook_url is None:
            return
        with self._condition:
            rule = self._rules.apply_to(event["type"])
            if rule is None:
                self._put(event)
            elif rule.kind is DeliveryKind.DROP:
                self.dropped.append(event)
            elif rule.kind is DeliveryKind.HOLD:
                self.held.append(event)
            elif rule.kind is DeliveryKind.DUPLICATE:
                for _ in range(rule.copies):
                    self._put(event)
            else:
                self._put(event, delay=rule.seconds)

    def release(self, order: Sequence[str] | None = None) -> None:
        """Deliver the held events, in their own order or by event ids, which may repeat.

        Held events that are missing in `order` are discarded.
        """
        with self._condition:
            by_id = {event["id"]: event for event in self.held}
            for event_id in by_id if order is None else order:
                self._put(by_id[event_id])
            self.held.clear()

    def resend(self, event: Json, times: int = 1) -> None:
        """Deliver an event `times` times concurrently, regardless of the rules."""
        with self._condition:
            for _ in range(times):
                self._pending_count += 1
                self._call_in_loop(self._start_delivery, event)

    def wait_until_idle(self, timeout_seconds: float = 10.0) -> None:
        """Wait until each event that is not held is delivered or abandoned. Raises TimeoutError."""
        with self._condition:
            if not self._condition.wait_for(lambda: self._pending_count == 0, timeout_seconds):
                raise TimeoutError(f"{self._pending_count} events are still being delivered")

    async def run(self) -> None:
        """Deliver events until cancelled."""
        self._loop = asyncio.get_running_loop()
        # The webhook is on this machine. An empty context avoids loading the CA certificates,
        # which is slow.
        no_ca_certificates = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        async with httpx.AsyncClient(
            timeout=_TIMEOUT_SECONDS, trust_env=False, verify=no_ca_certificates
        ) as client:
            self._client = client
            try:
                while True:
                    event = await self._queue.get()
                    if await self._attempt(event):
                        self._finish()
                    else:
                        self._create_task(self._deliver(event, self.retry_delays))
            finally:
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    def _put(self, event: Json, delay: float = 0.0) -> None:
        self._pending_count += 1
        if delay:
            self._call_in_loop(self._put_later, delay, event)
        else:
            self._call_in_loop(self._queue.put_nowait, event)

    def _call_in_loop(self, function: Callable[..., Any], *arguments: Any) -> None:
        if self._loop is None:
            raise RuntimeError("the sandbox is not running")
        self._loop.call_soon_threadsafe(function, *arguments)

    def _put_later(self, delay: float, event: Json) -> None:
        asyncio.get_running_loop().call_later(delay, self._queue.put_nowait, event)

    def _start_delivery(self, event: Json) -> None:
        self._create_task(self._deliver(event, [0.0, *self.retry_delays]))

    def _create_task(self, delivery: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(delivery)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _finish(self) -> None:
        with self._condition:
            self._pending_count -= 1
            self._condition.notify_all()

    async def _deliver(self, event: Json, delays: Sequence[float]) -> None:
        try:
            for delay in delays:
                await asyncio.sleep(delay)
                if await self._attempt(event):
                    return
        finally:
            self._finish()

    async def _attempt(self, event: Json) -> bool:
        """Send the event once. Returns whether the webhook acknowledged it with a 2xx status."""
        if self.webhook_url is None:
            return True
        payload = event_payload(event)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature_header(payload, self.webhook_secret, int(self.now())),
        }
        status, error = None, None
        try:
            response = await self._client.post(self.webhook_url, content=payload, headers=headers)
            status = response.status_code
        except httpx.HTTPError as failure:
            error = repr(failure)
        with self._condition:
            self.attempts.append(DeliveryAttempt(event["id"], event["type"], status, error))
        return status is not None and httpx.codes.is_success(status)
