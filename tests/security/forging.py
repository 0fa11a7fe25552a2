"""Making tokens by hand, down to the last byte, as an attacker would or one who has the key."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

from adapters.security import JwtAccessTokens
from domain.ids import SessionId, UserId
from tests.entities import HOUR, IDS, MONDAY

KEY = "the present key, which is long enough to sign"
OLD_KEY = "the key before it, which is long enough as well"
OTHER_KEY = "a key that nobody gave to this service, long too"
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
"""What a sound token claims; `forged` makes one that is accepted of it."""
ABSENT = object()


def base64url(data: bytes) -> str:
    """Unpadded, as JWTs have it."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def sign(text: str, key: str = KEY, digest: str = "sha256") -> str:
    """The signature of a text, as a segment."""
    return base64url(hmac.digest(key.encode(), text.encode(), digest))


def signed(header: bytes, payload: bytes, *, key: str = KEY, digest: str = "sha256") -> str:
    """A token of whatever header and payload, rightly signed."""
    text = f"{base64url(header)}.{base64url(payload)}"
    return f"{text}.{sign(text, key, digest)}"


def forged(key: str = KEY, /, **claims: Any) -> str:
    """A rightly signed token with some of the claims changed, or left out when ABSENT."""
    changed = {name: value for name, value in (CLAIMS | claims).items() if value is not ABSENT}
    return signed(HEADER, json.dumps(changed).encode(), key=key)


def with_header(digest: str = "sha256", **parameters: Any) -> str:
    """A rightly signed token whose header has other parameters, or lacks those that are ABSENT."""
    header = {"alg": "HS256", "typ": "JWT"} | parameters
    header = {name: value for name, value in header.items() if value is not ABSENT}
    encoded = json.dumps(header, separators=(",", ":")).encode()
    return signed(encoded, json.dumps(CLAIMS).encode(), digest=digest)


def segments(token: str = GENUINE) -> tuple[str, str, str]:
    """Header, payload and signature as they are written."""
    header, payload, signature = token.split(".")
    return header, payload, signature


def other_spelling(segment: str) -> str:
    """Other text that a lenient decoder takes for the same bytes: the spare last bits are set."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(segment) % 4, "It has no spare bits."
    return segment[:-1] + alphabet[alphabet.index(segment[-1]) | 1]


def digest_of_key(key: str = KEY) -> str:
    """Something derived from the key, as a wrong key."""
    return hashlib.sha256(key.encode()).hexdigest()
