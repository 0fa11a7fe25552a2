"""Builds tokens byte by byte, as an attacker would, with or without the key."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

from adapters.security import JwtAccessTokens
from domain.ids import SessionId, UserId
from tests.entities import HOUR, IDS, MONDAY

KEY = "the current key, which is long enough to sign"
OLD_KEY = "the previous key, which is long enough as well"
OTHER_KEY = "a key that this service does not use, long too"
LIFETIME = timedelta(minutes=15)
NOW = MONDAY + 8 * HOUR
ISSUED_AT = int(NOW.timestamp())
USER_ID, SESSION_ID = UserId(IDS.new()), SessionId(IDS.new())

TOKENS = JwtAccessTokens([KEY], LIFETIME)
GENUINE = TOKENS.issue(USER_ID, SESSION_ID, 1, at=NOW)
HEADER = b'{"alg":"HS256","typ":"JWT"}'
CLAIMS: dict[str, Any] = {
    "iss": "cowork-api",
    "aud": "cowork-api",
    "sub": str(USER_ID),
    "sid": str(SESSION_ID),
    "cver": 1,
    "iat": ISSUED_AT,
    "exp": ISSUED_AT + 900,
    "jti": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "purpose": "access",
}
"""The claims of a valid token; `forged()` without arguments makes an accepted token of them."""
ABSENT = object()


def base64url(data: bytes) -> str:
    """Return the unpadded base64url encoding, as used in JWTs."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def sign(text: str, key: str = KEY, digest: str = "sha256") -> str:
    """Return the signature of a text, as a segment."""
    return base64url(hmac.digest(key.encode(), text.encode(), digest))


def signed(header: bytes, payload: bytes, *, key: str = KEY, digest: str = "sha256") -> str:
    """Return a correctly signed token with any header and payload."""
    text = f"{base64url(header)}.{base64url(payload)}"
    return f"{text}.{sign(text, key, digest)}"


def forged(key: str = KEY, /, **claims: Any) -> str:
    """Return a correctly signed token with some claims changed, or left out if ABSENT."""
    changed = {name: value for name, value in (CLAIMS | claims).items() if value is not ABSENT}
    return signed(HEADER, json.dumps(changed).encode(), key=key)


def with_header(digest: str = "sha256", **parameters: Any) -> str:
    """Return a correctly signed token with header parameters changed, or left out if ABSENT."""
    header = {"alg": "HS256", "typ": "JWT"} | parameters
    header = {name: value for name, value in header.items() if value is not ABSENT}
    encoded = json.dumps(header, separators=(",", ":")).encode()
    return signed(encoded, json.dumps(CLAIMS).encode(), digest=digest)


def segments(token: str = GENUINE) -> tuple[str, str, str]:
    """Return the encoded header, payload and signature."""
    header, payload, signature = token.split(".")
    return header, payload, signature


def noncanonical(segment: str) -> str:
    """Return a different encoding of the same bytes for a lenient decoder: spare bits are set."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(segment) % 4, "The segment has no spare bits."
    return segment[:-1] + alphabet[alphabet.index(segment[-1]) | 1]


def digest_of_key(key: str = KEY) -> str:
    """Return the hash of a key, to be used as a wrong key."""
    return hashlib.sha256(key.encode()).hexdigest()
