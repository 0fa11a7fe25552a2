"""token_hash: what is stored of a token that has so many random bits that no salt is needed."""

import secrets
from hashlib import sha256

_TOKEN_BYTES = 32


def new_token() -> str:
    """256 random bits as text that can stand in a URL."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """What is stored of a token that has so many random bits that no salt is needed."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
