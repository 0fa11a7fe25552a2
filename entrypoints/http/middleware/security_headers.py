"""security_headers: TODO"""

_YEAR = 365 * 24 * 60 * 60


STRICT: dict[bytes, bytes] = {
    b"x-content-type-options": b"nosniff",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-store",
}
"""Of every answer that does not say otherwise itself."""


_HSTS = (b"strict-transport-security", f"max-age={_YEAR}".encode())
