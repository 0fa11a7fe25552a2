"""Events on their way to the webhook: in order, again until taken, or as the script says."""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from threading import Condition
from typing import Any

import httpx

from adapters.stripe.sandbox.account import Json
from adapters.stripe.sandbox.signing import encoded, signature

RETRY_DELAYS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
_ANSWER_WITHIN = 15.0


class DeliveryKind(StrEnum):
    """What may happen to an event on its way."""

    DROP = "drop"
    DUPLICATE = "duplicate"
    DELAY = "delay"
    HOLD = "hold"
    """It waits until it is released, in whatever order."""


@dataclass
class DeliveryRule:
    """What happens to events of matching types; `times` None is all of them."""

    kind: DeliveryKind
    event_type: str = "*"
    times: int | None = None
    copies: int = 2
    seconds: float = 0.5


@dataclass(frozen=True)
class Attempt:
    """One try: the status it was answered with, or why there was no answer."""

    event_id: str
    event_type: str
    status: int | None
    error: str | None = None


@dataclass
class Deliveries:
    """The way out. `accept`, `release` and `send` may be called in any thread."""

    now: Callable[[], float]
    webhook_url: str | None
    webhook_secret: str
    retry_delays: Sequence[float] = RETRY_DELAYS
    attempts: list[Attempt] = field(default_factory=list)
    held: list[Json] = field(default_factory=list)
    dropped: list[Json] = field(default_factory=list)
    _rules: list[DeliveryRule] = field(default_factory=list)
    _changed: Condition = field(default_factory=Condition)
    _open: int = 0
    _loop: asyncio.AbstractEventLoop | None = None
    _queue: asyncio.Queue[Json] = field(default_factory=asyncio.Queue)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def script(self, rule: DeliveryRule) -> None:
        """Add a rule; the first that matches an event decides."""
        with self._changed:
            self._rules.append(rule)

    def clear_script(self) -> None:
        """Deliver as they come again; what is held stays held."""
        with self._changed:
            self._rules.clear()

    def accept(self, event: Json) -> None:
        """Send a new event on its way, or do to it what the script says."""
        if self.webhook_url is None:
            return
        with self._changed:
            rule = self._rule_for(event["type"])
            if rule is None:
                self._enqueue(event)
            elif rule.kind is DeliveryKind.DROP:
                self.dropped.append(event)
            elif rule.kind is DeliveryKind.HOLD:
                self.held.append(event)
            elif rule.kind is DeliveryKind.DUPLICATE:
                for _ in range(rule.copies):
                    self._enqueue(event)
            else:
                self._enqueue(event, after=rule.seconds)

    def release(self, order: Sequence[str] | None = None) -> None:
        """Deliver what is held, as it came or by these event ids; an id may come repeatedly.

        With an order, what it does not name is forgotten.
        """
        with self._changed:
            by_id = {event["id"]: event for event in self.held}
            for event_id in by_id if order is None else order:
                self._enqueue(by_id[event_id])
            self.held.clear()

    def send(self, event: Json, times: int = 1) -> None:
        """Deliver an event, so many times side by side, whatever the script says."""
        with self._changed:
            for _ in range(times):
                self._open += 1
                self._in_loop(self._spawn, event)

    def settle(self, within: float = 10.0) -> None:
        """Wait until every event is delivered or given up, but for those that are held."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._open == 0, within):
                raise TimeoutError(f"{self._open} events are still on their way")

    async def run(self) -> None:
        """Deliver, for as long as the sandbox runs."""
        self._loop = asyncio.get_running_loop()
        # The webhook is on this machine: it needs no authorities, which take long to load.
        no_authorities = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        async with httpx.AsyncClient(
            timeout=_ANSWER_WITHIN, trust_env=False, verify=no_authorities
        ) as client:
            self._client = client
            try:
                while True:
                    event = await self._queue.get()
                    if not await self._try(event):
                        self._keep(self._retry(event))
                    else:
                        self._close()
            finally:
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    def _rule_for(self, event_type: str) -> DeliveryRule | None:
        for rule in self._rules:
            if fnmatchcase(event_type, rule.event_type) and rule.times != 0:
                rule.times = None if rule.times is None else rule.times - 1
                return rule
        return None

    def _enqueue(self, event: Json, after: float = 0.0) -> None:
        self._open += 1
        if after:
            self._in_loop(self._later, after, event)
        else:
            self._in_loop(self._queue.put_nowait, event)

    def _in_loop(self, do: Callable[..., Any], *arguments: Any) -> None:
        if self._loop is None:
            raise RuntimeError("the sandbox does not run")
        self._loop.call_soon_threadsafe(do, *arguments)

    def _later(self, seconds: float, event: Json) -> None:
        asyncio.get_running_loop().call_later(seconds, self._queue.put_nowait, event)

    def _spawn(self, event: Json) -> None:
        self._keep(self._retry(event, at_once=True))

    def _keep(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _close(self) -> None:
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    async def _retry(self, event: Json, *, at_once: bool = False) -> None:
        try:
            for delay in [0.0, *self.retry_delays] if at_once else self.retry_delays:
                await asyncio.sleep(delay)
                if await self._try(event):
                    return
        finally:
            self._close()

    async def _try(self, event: Json) -> bool:
        """Deliver it once; anything but a success is tried again."""
        if self.webhook_url is None:
            return True
        body = encoded(event)
        signed = signature(body, self.webhook_secret, int(self.now()))
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signed}
        status, error = None, None
        try:
            answer = await self._client.post(self.webhook_url, content=body, headers=headers)
            status = answer.status_code
        except httpx.HTTPError as failure:
            error = repr(failure)
        with self._changed:
            self.attempts.append(Attempt(event["id"], event["type"], status, error))
        return status is not None and httpx.codes.is_success(status)
