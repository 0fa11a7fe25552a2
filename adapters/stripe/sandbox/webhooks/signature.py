"""Webhook payloads and their `Stripe-Signature` header."""

import hashlib
import hmac
import json

from adapters.stripe.sandbox.account import Json


def event_payload(event: Json) -> bytes:
    """Return the body of a webhook request."""
    return json.dumps(event, ensure_ascii=False, indent=2).encode()


def signature_header(payload: bytes, secret: str, timestamp: int) -> str:
    """Return the `Stripe-Signature` header: HMAC-SHA256 over the timestamp and the raw payload."""
    signed = b"%d.%b" % (timestamp, payload)
    signature = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={signature}"
