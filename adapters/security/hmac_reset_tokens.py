"""HmacResetTokens: tokens of password resets, derived from the secret key."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import digest

_PURPOSE = b"password reset\0"
"""Keeps these apart from all else that the same key signs."""


class HmacResetTokens:
    """The port ResetTokens, with HMAC-SHA-256.

    While keys rotate the first one counts; a link that was mailed under the old one stays good, for
    it is looked up by its hash.
    """

    def __init__(self, secret_keys: tuple[str, ...]) -> None:
        self._key = secret_keys[0].encode()

    def __repr__(self) -> str:
        return "HmacResetTokens()"

    def token(self, name: str) -> str:
        """43 characters that are safe in an address."""
        derived = digest(self._key, _PURPOSE + name.encode(), sha256)
        return urlsafe_b64encode(derived).rstrip(b"=").decode()
