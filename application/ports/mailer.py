"""Mailer: what the house writes to its people."""

from dataclasses import dataclass
from typing import Protocol

from domain.users import EmailAddress, Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordResetMail:
    """Asks somebody to follow a link, which is a secret, and set a new password."""

    to: EmailAddress
    full_name: str
    locale: Locale
    link: str

    def __repr__(self) -> str:
        return "PasswordResetMail()"


class Mailer(Protocol):
    """Puts mails into words, in the language of who gets them, and sends them."""

    async def send(self, mail: PasswordResetMail) -> None:
        """Send it. Raises Unavailable when it cannot be sent now."""
        ...
