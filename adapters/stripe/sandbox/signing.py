"""Events as they go out, signed as Stripe signs them."""

import hashlib
import hmac
import json

from adapters.stripe.sandbox.account import Json


def encoded(event: Json) -> bytes:
    """The body of a delivery."""
    return json.dumps(event, ensure_ascii=False, indent=2).encode()


def signature(body: bytes, secret: str, at: int) -> str:
    """The header `Stripe-Signature`."""
    signed = hmac.new(secret.encode(), b"%d.%b" % (at, body), hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"
