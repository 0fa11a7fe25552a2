"""CORS (Fetch standard): which web pages may call the API, and what they may send and read."""

from collections.abc import Collection
from typing import Any

from entrypoints.http.middleware.security_headers import Headers

EXPOSED_HEADERS = (
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
)
"""Response headers that a page may read."""
ALLOWED_HEADERS = (
    "Accept",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "X-Request-ID",
)
"""Request headers that a page may send."""
ALLOWED_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
MAX_AGE_SECONDS = 600
"""How long a browser may cache the response to a preflight."""

_ALLOW_ORIGIN = b"access-control-allow-origin"
_VARY = (b"vary", b"Origin")
_EXPOSE = (b"access-control-expose-headers", ", ".join(EXPOSED_HEADERS).encode())
_PREFLIGHT: Headers = [
    (b"access-control-allow-methods", ", ".join(ALLOWED_METHODS).encode()),
    (b"access-control-allow-headers", ", ".join(ALLOWED_HEADERS).encode()),
    (b"access-control-max-age", str(MAX_AGE_SECONDS).encode()),
]


class CorsPolicy:
    """Allows pages of exactly these origins, without credentials (cookies)."""

    def __init__(self, origins: Collection[str]) -> None:
        self._origins = {origin.encode() for origin in origins}

    def response_headers(self, scope: Any) -> Headers:
        """Return the CORS headers of every response to a request."""
        origin = self._allowed_origin(scope)
        # `Vary` also without an allowed origin: a cache must not share responses between origins.
        return [_VARY] if origin is None else [_VARY, (_ALLOW_ORIGIN, origin), _EXPOSE]

    def preflight_headers(self, scope: Any) -> Headers:
        """Return the additional headers of a preflight; none for an origin that is not allowed."""
        return [] if self._allowed_origin(scope) is None else _PREFLIGHT

    def _allowed_origin(self, scope: Any) -> bytes | None:
        for name, value in scope["headers"]:
            if name == b"origin" and value in self._origins:
                return bytes(value)
        return None
