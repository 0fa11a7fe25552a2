"""ResetTokens: the secrets in links to set a new password."""

from typing import Protocol


class ResetTokens(Protocol):
    """Makes tokens that nobody can guess who does not have the house's secret key.

    So none has to be kept between a request and the mail that answers it, and a mail that has to be
    sent again has the same link.
    """

    def token(self, name: str) -> str:
        """The token of the request with that name, always the same one."""
        ...
