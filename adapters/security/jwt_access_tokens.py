"""JwtAccessTokens: access tokens as JWTs, in exactly one accepted form."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from jwt import PyJWS
from jwt.exceptions import PyJWTError

from application.ports.access_tokens import Claims
from domain.errors import InvalidToken
from domain.ids import SessionId, UserId

ALGORITHM = "HS256"
ISSUER = AUDIENCE = "cowork-api"
PURPOSE = "access"
MIN_KEY_BYTES = 32
MAX_TOKEN_LENGTH = 1024
TOKEN_CACHE_SIZE = 4096
MAX_LIFETIME = timedelta(days=1)
"""Upper bound on `exp - iat` of an accepted token, unless the configured lifetime is longer."""
CLOCK_SKEW = timedelta(seconds=5)
"""How far the clock of another signing host may be ahead of this one's."""

_CLAIMS = frozenset({"iss", "aud", "exp", "iat", "jti", "sub", "sid", "cver", "purpose"})
_SEGMENTS = 3
_MAX_NUMBER = 2**31 - 1
_INVALID = "The access token is not valid."
_MAX_TIME = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


class JwtAccessTokens:
    """Implements the port AccessTokens. The first key signs, all keys verify, to allow rotation.

    PyJWT signs and verifies the signature, with HMAC-SHA-256 only. The form and the claims are
    checked here, because PyJWT accepts several encodings of a token, and several types for a claim.
    Two different strings are never the same token.
    """

    def __init__(self, keys: Sequence[str], lifetime: timedelta) -> None:
        self._jws = PyJWS(algorithms=[ALGORITHM])
        self._keys = [key.encode() for key in keys]
        self._lifetime = lifetime
        if not self._keys or min(map(len, self._keys)) < MIN_KEY_BYTES:
            raise ValueError(f"Expected keys of at least {MIN_KEY_BYTES} bytes.")
        # Fail here on a key that PyJWT rejects, not at the first login.
        probes = [self._jws.encode(b"", key, ALGORITHM) for key in self._keys]
        self._header = probes[0].partition(".")[0]
        # The content of a token never changes. Whether it has expired is checked on every use.
        # Exceptions are not cached, so an invalid token never takes up space.
        self._decode_cached = lru_cache(TOKEN_CACHE_SIZE)(self._decode)

    @property
    def lifetime(self) -> timedelta:
        """Lifetime of a new token."""
        return self._lifetime

    def issue(
        self, user_id: UserId, session_id: SessionId, credentials_version: int, *, at: datetime
    ) -> str:
        """Return a token that is valid from `at`, rounded down to a second, for the lifetime."""
        issued_at = int(at.timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "sid": str(session_id),
            "cver": credentials_version,
            "iat": issued_at,
            "exp": issued_at + int(self._lifetime.total_seconds()),
            "jti": str(uuid4()),
            "purpose": PURPOSE,
        }
        return self._jws.encode(_to_json(claims), self._keys[0], ALGORITHM)

    def verify(self, token: str, *, at: datetime) -> Claims:
        """Return the claims of the token. Raises InvalidToken, and no other exception."""
        claims, expires_at = self._decode_cached(token)
        self._check_times(claims.issued_at.timestamp(), expires_at, at.timestamp())
        return claims

    def _decode(self, token: str) -> tuple[Claims, int]:
        """Return the claims and the expiry time, without checking the times against the clock."""
        _require(len(token) <= MAX_TOKEN_LENGTH)
        segments = token.split(".")
        _require(len(segments) == _SEGMENTS and all(map(_is_canonical, segments)))
        # The header is not parsed: it must equal the one generated here, byte for byte.
        _require(token.startswith(f"{self._header}."))
        claims = _parse_claims(self._verified_payload(token))
        _require(claims.keys() == _CLAIMS)
        _require(_string_claims(claims, "iss", "aud", "purpose") == [ISSUER, AUDIENCE, PURPOSE])
        user_id, session_id, _ = [
            _parse_uuid(text) for text in _string_claims(claims, "sub", "sid", "jti")
        ]
        issued_at, expires_at = (_integer_claim(claims, name, _MAX_TIME) for name in ("iat", "exp"))
        parsed = Claims(
            user_id=UserId(user_id),
            session_id=SessionId(session_id),
            issued_at=datetime.fromtimestamp(issued_at, UTC),
            credentials_version=_integer_claim(claims, "cver", _MAX_NUMBER),
        )
        return parsed, expires_at

    def _verified_payload(self, token: str) -> bytes:
        for key in self._keys:
            try:
                payload: bytes = self._jws.decode(token, key, algorithms=[ALGORITHM])
            except PyJWTError:
                continue
            return payload
        raise InvalidToken(_INVALID)

    def _check_times(self, issued_at: float, expires_at: int, now: float) -> None:
        max_lifetime = max(self._lifetime, MAX_LIFETIME).total_seconds()
        _require(issued_at <= now + CLOCK_SKEW.total_seconds())
        _require(now < expires_at)
        _require(issued_at < expires_at <= issued_at + max_lifetime)


def _require(is_valid: bool) -> None:
    if not is_valid:
        raise InvalidToken(_INVALID)


def _is_canonical(segment: str) -> bool:
    """Return whether the segment is the canonical, unpadded base64url encoding of its bytes."""
    try:
        decoded = urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except (ValueError, binascii.Error):
        return False
    return bool(segment) and urlsafe_b64encode(decoded).decode().rstrip("=") == segment


def _to_json(claims: Mapping[str, Any]) -> bytes:
    return json.dumps(claims, separators=(",", ":")).encode()


def _parse_claims(payload: bytes) -> dict[str, Any]:
    """Parse the claims. Raises InvalidToken if a name occurs twice."""
    try:
        claims = json.loads(payload.decode(), object_pairs_hook=_unique_members)
    except (ValueError, RecursionError):
        raise InvalidToken(_INVALID) from None
    _require(type(claims) is dict)
    return dict(claims)


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    _require(len(members) == len(pairs))
    return members


def _string_claims(claims: Mapping[str, Any], *names: str) -> list[str]:
    """Return these claims. Raises InvalidToken unless each is a string."""
    texts = [claims[name] for name in names]
    _require(all(type(text) is str for text in texts))
    return texts


def _integer_claim(claims: Mapping[str, Any], name: str, max_value: int) -> int:
    """Return a claim. Raises InvalidToken unless it is an int (not a bool) in 0..max_value."""
    number = claims[name]
    _require(type(number) is int and 0 <= number <= max_value)
    return int(number)


def _parse_uuid(text: str) -> UUID:
    """Parse an id. Raises InvalidToken unless it is in the canonical form."""
    try:
        parsed = UUID(text)
    except ValueError:
        raise InvalidToken(_INVALID) from None
    _require(str(parsed) == text)
    return parsed
