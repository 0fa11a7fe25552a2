"""PaymentEvents: what Stripe sends, verified and understood."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.payment_gateway import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEvent:
    """Something that happened at Stripe; `subject` is None for what the house has no use for."""

    id: str
    type: str
    created_at: datetime
    livemode: bool
    subject: Snapshot | None


class PaymentEvents(Protocol):
    """Tells Stripe's events from anybody else's."""

    def read(self, body: bytes, signature: str | None, *, at: datetime) -> PaymentEvent:
        """The event. Raises InvalidSignature, and PaymentsNotConfigured without a secret."""
        ...
