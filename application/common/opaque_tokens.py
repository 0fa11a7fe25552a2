"""Opaque tokens: random secrets of which only the hash is stored."""

import secrets
from hashlib import sha256

_TOKEN_BYTES = 32


def new_token() -> str:
    """Return 256 random bits as URL-safe text."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """Return the hash that is stored. A token of 256 random bits needs no salt."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
