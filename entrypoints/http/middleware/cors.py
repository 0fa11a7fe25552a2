"""CorsMiddleware: the headers by which a browser judges, for the pages of exactly those origins."""

from collections.abc import Collection, Iterable
from typing import Any

from entrypoints.http.middleware.security_headers import _HSTS, STRICT

Headers = list[tuple[bytes, bytes]]


EXPOSED_HEADERS = (
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
)
"""What a page may read of an answer beside its body."""


SENDABLE_HEADERS = (
    "Accept",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "X-Request-ID",
)


METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


PREFLIGHT_SECONDS = 600
"""How long a browser may remember what it was allowed."""


_EXPOSED = (b"access-control-expose-headers", ", ".join(EXPOSED_HEADERS).encode())


_PREFLIGHT: Headers = [
    (b"access-control-allow-methods", ", ".join(METHODS).encode()),
    (b"access-control-allow-headers", ", ".join(SENDABLE_HEADERS).encode()),
    (b"access-control-max-age", str(PREFLIGHT_SECONDS).encode()),
]


class CorsMiddleware:
    """The headers by which a browser judges, for the pages of exactly those origins."""

    def __init__(self, origins: Collection[str]) -> None:
        self._origins = {origin.encode() for origin in origins}

    def complete(self, scope: Any, headers: Iterable[tuple[bytes, bytes]]) -> Headers:
        """An answer's headers with those added that it has not got."""
        completed = [(name.lower(), value) for name, value in headers]
        present = {name for name, _ in completed}
        completed += [(name, value) for name, value in STRICT.items() if name not in present]
        # Told only over TLS, where it cannot lock anybody out of a house that has none.
        if scope["scheme"] == "https":
            completed.append(_HSTS)
        # An answer depends on who asks, also where nobody is allowed: caches keep them apart.
        completed.append((b"vary", b"Origin"))
        if origin := self._allowed_origin(scope):
            completed += [(b"access-control-allow-origin", origin), _EXPOSED]
        return completed

    def preflight(self, scope: Any) -> Headers:
        """What a browser that asks beforehand is told; nothing, if its page is not ours."""
        return _PREFLIGHT if self._allowed_origin(scope) else []

    def _allowed_origin(self, scope: Any) -> bytes | None:
        return next(
            (
                value
                for name, value in scope["headers"]
                if name == b"origin" and value in self._origins
            ),
            None,
        )
