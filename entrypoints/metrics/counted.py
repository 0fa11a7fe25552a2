"""Ports and chores that count what goes through them, and are otherwise what they wrap."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from application.ports.payment_events import PaymentEvent, PaymentEvents
from entrypoints.metrics.instruments import CHORE_ITEMS, CHORES, STRIPE_EVENTS


class CountedPaymentEvents:
    """The port PaymentEvents."""

    def __init__(self, events: PaymentEvents) -> None:
        self._events = events

    def read(self, body: bytes, signature: str | None, *, at: datetime) -> PaymentEvent:
        """Count only what Stripe has signed: anybody may send anything else."""
        event = self._events.read(body, signature, at=at)
        STRIPE_EVENTS.labels(event.type if event.subject else "not_handled").inc()
        return event


def counted_chore(name: str, run: Callable[[], Awaitable[int]]) -> Callable[[], Awaitable[int]]:
    """The chore, its rounds counted by whether they failed."""

    async def counted() -> int:
        try:
            count = await run()
        except Exception:
            CHORES.labels(name, "failed").inc()
            raise
        CHORES.labels(name, "done").inc()
        CHORE_ITEMS.labels(name).inc(count)
        return count

    return counted
