"""JwtAccessTokens: access tokens as JWTs, of which there is exactly one sound form."""

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

from application.ports.tokens import Claims
from domain.errors import InvalidToken
from domain.ids import SessionId, UserId

ALGORITHM = "HS256"
ISSUER = AUDIENCE = "cowork-api"
PURPOSE = "access"
SHORTEST_KEY_BYTES = 32
LONGEST_TOKEN = 1024
TOKENS_REMEMBERED = 4096
LONGEST_LIFETIME = timedelta(days=1)
"""No token is honoured whose `exp` lies further than this, or than a new one's, from its `iat`."""
CLOCK_SKEW = timedelta(seconds=5)
"""How far the clock of another host that signs may be ahead of this one's."""

_CLAIMS = frozenset({"iss", "aud", "exp", "iat", "jti", "sub", "sid", "cver", "purpose"})
_SEGMENTS = 3
_LARGEST_NUMBER = 2**31 - 1
_NOT_VALID = "The access token is not valid."
_LATEST_TIME = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


class JwtAccessTokens:
    """The port AccessTokens. The first key signs, and all verify, so that keys can be rotated.

    PyJWT signs and checks the signature, with HMAC-SHA-256 and nothing else. The form and the
    claims are checked here, because PyJWT lets through more than one spelling of a token, and more
    than one type for a claim. Two different texts are never the same token.
    """

    def __init__(self, keys: Sequence[str], lifetime: timedelta) -> None:
        self._jws = PyJWS(algorithms=[ALGORITHM])
        self._keys = [key.encode() for key in keys]
        self._lifetime = lifetime
        if not self._keys or min(map(len, self._keys)) < SHORTEST_KEY_BYTES:
            raise ValueError(f"Expected keys of at least {SHORTEST_KEY_BYTES} bytes.")
        # A key that PyJWT does not take has to show here, not at the first log-in.
        probes = [self._jws.encode(b"", key, ALGORITHM) for key in self._keys]
        self._header = probes[0].partition(".")[0]
        # A token says the same each time that it comes; only whether it is time for it changes. One
        # that is not valid is never remembered.
        self._read = lru_cache(TOKENS_REMEMBERED)(self._read_anew)

    @property
    def lifetime(self) -> timedelta:
        """How long a new token is good for."""
        return self._lifetime

    def issue(
        self, user_id: UserId, session_id: SessionId, credentials_version: int, *, at: datetime
    ) -> str:
        """A token that is good from `at`, a whole second, for the lifetime."""
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
        return self._jws.encode(_as_json(claims), self._keys[0], ALGORITHM)

    def verify(self, token: str, *, at: datetime) -> Claims:
        """What the token says. Raises InvalidToken, and nothing else, for whatever is no such."""
        claims, expires_at = self._read(token)
        self._check_times(claims.issued_at.timestamp(), expires_at, at.timestamp())
        return claims

    def _read_anew(self, token: str) -> tuple[Claims, int]:
        """What the token says, and until when it does, whenever that is."""
        _require(len(token) <= LONGEST_TOKEN)
        segments = token.split(".")
        _require(len(segments) == _SEGMENTS and all(map(_is_canonical, segments)))
        # So there is no header to be read: it is the one that is made here, byte for byte.
        _require(token.startswith(f"{self._header}."))
        claims = _parsed(self._verified(token))
        _require(claims.keys() == _CLAIMS)
        _require(_texts(claims, "iss", "aud", "purpose") == [ISSUER, AUDIENCE, PURPOSE])
        user_id, session_id, _ = [_uuid(text) for text in _texts(claims, "sub", "sid", "jti")]
        issued_at, expires_at = (_number(claims, name, _LATEST_TIME) for name in ("iat", "exp"))
        read = Claims(
            user_id=UserId(user_id),
            session_id=SessionId(session_id),
            issued_at=datetime.fromtimestamp(issued_at, UTC),
            credentials_version=_number(claims, "cver", _LARGEST_NUMBER),
        )
        return read, expires_at

    def _verified(self, token: str) -> bytes:
        for key in self._keys:
            try:
                payload: bytes = self._jws.decode(token, key, algorithms=[ALGORITHM])
            except PyJWTError:
                continue
            return payload
        raise InvalidToken(_NOT_VALID)

    def _check_times(self, issued_at: float, expires_at: int, now: float) -> None:
        longest = max(self._lifetime, LONGEST_LIFETIME).total_seconds()
        _require(issued_at <= now + CLOCK_SKEW.total_seconds())
        _require(now < expires_at)
        _require(issued_at < expires_at <= issued_at + longest)


def _require(sound: bool) -> None:
    if not sound:
        raise InvalidToken(_NOT_VALID)


def _is_canonical(segment: str) -> bool:
    """Whether that is how base64url, unpadded, spells the bytes that it stands for."""
    try:
        meant = urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except (ValueError, binascii.Error):
        return False
    return bool(segment) and urlsafe_b64encode(meant).decode().rstrip("=") == segment


def _as_json(claims: Mapping[str, Any]) -> bytes:
    return json.dumps(claims, separators=(",", ":")).encode()


def _parsed(payload: bytes) -> dict[str, Any]:
    """The claims, each named once."""
    try:
        claims = json.loads(payload.decode(), object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError):
        raise InvalidToken(_NOT_VALID) from None
    _require(type(claims) is dict)
    return dict(claims)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named_once = dict(pairs)
    _require(len(named_once) == len(pairs))
    return named_once


def _texts(claims: Mapping[str, Any], *names: str) -> list[str]:
    """Those claims, each of which has to be a string."""
    texts = [claims[name] for name in names]
    _require(all(type(text) is str for text in texts))
    return texts


def _number(claims: Mapping[str, Any], name: str, largest: int) -> int:
    """A claim that has to be an integer, not a float or a bool, from 0 to the largest."""
    number = claims[name]
    _require(type(number) is int and 0 <= number <= largest)
    return int(number)


def _uuid(text: str) -> UUID:
    """An id in the one form in which it is written here."""
    try:
        read = UUID(text)
    except ValueError:
        raise InvalidToken(_NOT_VALID) from None
    _require(str(read) == text)
    return read
