"""HmacResetTokens: password reset tokens, derived from the secret key."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import digest

_PURPOSE = b"password reset\0"
"""Separates these tokens from everything else that is signed with the same key."""


class HmacResetTokens:
    """Implements the port ResetTokens with HMAC-SHA-256.

    During a key rotation, the first key derives tokens. Links that were mailed under the old key
    stay valid, because a token is looked up by its hash.
    """

    def __init__(self, secret_keys: tuple[str, ...]) -> None:
        self._key = secret_keys[0].encode()

    def __repr__(self) -> str:
        return "HmacResetTokens()"

    def token(self, name: str) -> str:
        """Return a token of 43 URL-safe characters."""
        derived = digest(self._key, _PURPOSE + name.encode(), sha256)
        return urlsafe_b64encode(derived).rstrip(b"=").decode()
