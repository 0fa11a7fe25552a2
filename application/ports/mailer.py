"""Mailer: puts mails into words, in the language of who gets them, and sends them."""

from typing import Protocol

from application.jobs.job import PermanentFailure
from application.mails.mail import Mail


class MailRejected(PermanentFailure):
    """The mail server will not take this mail, now or later; the message says why."""


class MailDeferred(Exception):
    """It cannot be sent now. Nobody can tell whether it was, when the connection broke late."""


class Mailer(Protocol):
    """Puts mails into words, in the language of who gets them, and sends them."""

    async def send(self, mail: Mail) -> None:
        """Send it. Raises MailRejected and MailDeferred."""
        ...
