"""PaymentEvents: verified events of the payment provider."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.payment_gateway import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEvent:
    """An event of the provider. `subject` is None for types that the house does not use."""

    id: str
    type: str
    created_at: datetime
    livemode: bool
    subject: Snapshot | None


class PaymentEvents(Protocol):
    """Verifies and parses events."""

    def read(self, body: bytes, signature: str | None, *, at: datetime) -> PaymentEvent:
        """Return the event. Raises InvalidSignature, and PaymentsNotConfigured without a secret."""
        ...
