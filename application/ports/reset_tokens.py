"""ResetTokens: the secrets in password reset links."""

from typing import Protocol


class ResetTokens(Protocol):
    """Derives tokens that cannot be guessed without the secret key.

    No token has to be stored between the request and its mail, and a mail that is sent again
    contains the same link.
    """

    def token(self, name: str) -> str:
        """Return the token of the request with the name; it is always the same."""
        ...
