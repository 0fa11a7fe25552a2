"""StripeEvents: verify and parse Stripe's webhook events."""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any

from adapters.stripe.snapshots import (
    MALFORMED_ERRORS,
    Plans,
    bill_snapshot,
    charge_snapshot,
    checkout_snapshot,
    subscription_snapshot,
)
from application.ports.payment_events import PaymentEvent
from application.ports.payment_gateway import PaymentStatus, Snapshot
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
            "checkout.session.async_payment_failed": _failed_checkout,
            "checkout.session.expired": checkout_snapshot,
            "invoice.paid": partial(self._bill, PaymentStatus.PAID),
            "invoice.payment_failed": partial(self._bill, PaymentStatus.FAILED),
            "customer.subscription.created": self._subscription,
            "customer.subscription.updated": self._subscription,
            "customer.subscription.deleted": self._subscription,
            "charge.refunded": charge_snapshot,
        }

    def read(self, body: bytes, signature: str | None, *, at: datetime) -> PaymentEvent:
        """Return the event. Raises InvalidSignature and PaymentsNotConfigured."""
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
        except (*MALFORMED_ERRORS, RecursionError):
            raise InvalidSignature("The body is not a Stripe event.") from None

    def _bill(self, status: PaymentStatus, obj: Any) -> Snapshot:
        return bill_snapshot(obj, self._prices, status)

    def _subscription(self, obj: Any) -> Snapshot:
        return subscription_snapshot(obj, self._prices)


def _failed_checkout(obj: Any) -> Snapshot:
    return replace(checkout_snapshot(obj), status=PaymentStatus.FAILED)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError("Expected a string.")
    return value


def _check_signature(body: bytes, header: str | None, secret: bytes, at: datetime) -> None:
    timestamp, signatures = _parts(header or "")
    expected = hmac.new(secret, f"{timestamp}.".encode() + body, sha256).hexdigest().encode()
    is_signed = any(hmac.compare_digest(expected, each) for each in signatures)
    if not is_signed or abs(at.timestamp() - int(timestamp or 0)) > TOLERANCE_SECONDS:
        raise InvalidSignature("The webhook signature is missing, invalid or expired.")


def _parts(header: str) -> tuple[str, list[bytes]]:
    """Return the timestamp in seconds, as written, and the signatures of scheme v1."""
    timestamp, signatures = "", []
    for part in header[:MAX_HEADER_LENGTH].split(","):
        name, _, value = part.strip().partition("=")
        # A timestamp has at most 12 digits; longer ones are not from Stripe.
        if name == "t" and value.isascii() and value.isdigit() and len(value) <= 12:  # noqa: PLR2004
            timestamp = value
        elif name == "v1" and value.isascii():
            signatures.append(value.encode())
    return timestamp, signatures if timestamp else []
