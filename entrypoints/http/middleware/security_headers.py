"""Security headers of every response."""

from collections.abc import Iterable
from typing import Any

Headers = list[tuple[bytes, bytes]]

SECURITY_HEADERS: dict[bytes, bytes] = {
    b"x-content-type-options": b"nosniff",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-store",
}
"""Defaults; a handler can override each of them."""
_YEAR_SECONDS = 365 * 24 * 60 * 60
_HSTS = (b"strict-transport-security", f"max-age={_YEAR_SECONDS}".encode())


def with_security_headers(scope: Any, headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return the headers of a response, completed by the security headers that it does not set."""
    completed = [(name.lower(), value) for name, value in headers]
    present = {name for name, _ in completed}
    completed += [item for item in SECURITY_HEADERS.items() if item[0] not in present]
    # Only over TLS: HSTS would make a deployment without TLS unreachable.
    if scope["scheme"] == "https":
        completed.append(_HSTS)
    return completed
