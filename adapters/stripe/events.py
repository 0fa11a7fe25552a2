"""StripeEvents: verify and parse Stripe's webhook events."""

import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from adapters.stripe.snapshots import (
    ODD,
    Plans,
    bill_snapshot,
    charge_snapshot,
    checkout_snapshot,
    subscription_snapshot,
)
from application.ports.payment_events import PaymentEvent
from application.ports.payment_gateway import Snapshot
from domain.errors import InvalidSignature, PaymentsNotConfigured

TOLERANCE_SECONDS = 300
MAX_HEADER_LENGTH = 4096


class StripeEvents:
    """Implements PaymentEvents.

    It verifies signatures itself, because the SDK raises other errors for malformed bytes.
    """

    def __init__(self, secret: str | None, prices: Plans) -> None:
        self._secret = secret
        self._prices = prices
        self._readers: Mapping[str, Callable[[Any], Snapshot]] = {
            "checkout.session.completed": checkout_snapshot,
            "checkout.session.async_payment_succeeded": checkout_snapshot,
            "checkout.session.async_payment_failed": checkout_snapshot,
            "checkout.session.expired": checkout_snapshot,
            "invoice.paid": self._bill,
            "invoice.payment_failed": self._bill,
            "customer.subscription.created": self._subscription,
            "customer.subscription.updated": self._subscription,
            "customer.subscription.deleted": self._subscription,
            "charge.refunded": charge_snapshot,
        }

    def read(self, body: bytes, signature: str | None, *, at: datetime) -> PaymentEvent:
        """The event. Raises InvalidSignature and PaymentsNotConfigured."""
        if not self._secret:
            raise PaymentsNotConfigured("No webhook signing secret is configured.")
        _check_signature(body, signature, self._secret.encode(), at)
        try:
            event = json.loads(body)
            if event["object"] != "event":
                raise ValueError("Expected an event.")
            kind, obj = event["type"], event["data"]["object"]
            reader = self._readers.get(kind)
            return PaymentEvent(
                id=_text(event["id"]),
                type=_text(kind),
                created_at=datetime.fromtimestamp(event["created"], UTC),
                livemode=event["livemode"] is True,
                subject=reader(obj) if reader else None,
            )
        except (*ODD, RecursionError):
            raise InvalidSignature("The body is not a Stripe event.") from None

    def _bill(self, obj: Any) -> Snapshot:
        return bill_snapshot(obj, self._prices)

    def _subscription(self, obj: Any) -> Snapshot:
        return subscription_snapshot(obj, self._prices)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError("Expected a string.")
    return value


def _check_signature(body: bytes, header: str | None, secret: bytes, at: datetime) -> None:
    timestamp, signatures = _parts(header or "")
    expected = hmac.new(secret, f"{timestamp}.".encode() + body, sha256).hexdigest().encode()
    is_signed = any(hmac.compare_digest(expected, one) for one in signatures)
    if not is_signed or abs(at.timestamp() - int(timestamp or 0)) > TOLERANCE_SECONDS:
        raise InvalidSignature("The webhook signature is missing, invalid or expired.")


def _parts(header: str) -> tuple[str, list[bytes]]:
    """The time in seconds, as it was written, and the signatures of the scheme in use."""
    timestamp, signatures = "", []
    for part in header[:MAX_HEADER_LENGTH].split(","):
        name, _, value = part.strip().partition("=")
        # No more digits than a time has: others are no number that Stripe would write.
        if name == "t" and value.isascii() and value.isdigit() and len(value) <= 12:  # noqa: PLR2004
            timestamp = value
        elif name == "v1" and value.isascii():
            signatures.append(value.encode())
    return timestamp, signatures if timestamp else []
