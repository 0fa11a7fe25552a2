"""Validates what the HTTP server does not: the encoding of the URL, and the Host header."""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

from domain.errors import InvalidValue

_HOST = re.compile(rb"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?")
_MAX_PORT = 65535


def target_error(scope: Any) -> InvalidValue | None:
    """Return why the URL or the Host of a request is invalid, or None."""
    if not _is_text(scope):
        return InvalidValue("Path and query must be UTF-8 text without NUL.")
    if not _has_valid_host(scope):
        return InvalidValue("Expected one Host header with a host and an optional valid port.")
    return None


def _is_text(scope: Any) -> bool:
    """Whether path and query, percent-decoded, are UTF-8 without NUL."""
    path = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
    for part in (path, scope["query_string"]):
        if b"%" not in part and part.isascii() and b"\0" not in part:
            continue
        decoded = unquote_to_bytes(part)
        if b"\0" in decoded:
            return False
        try:
            decoded.decode()
        except UnicodeDecodeError:
            return False
    return True


def _has_valid_host(scope: Any) -> bool:
    """Whether the Host can be part of a link, such as a calendar feed's. HTTP/1.0 has none."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if hosts in ([], [b""]):
        return True
    match = _HOST.fullmatch(hosts[0])
    return len(hosts) == 1 and match is not None and int(match["port"] or 0) <= _MAX_PORT
