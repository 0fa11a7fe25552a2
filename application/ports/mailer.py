"""The port Mailer."""

from typing import Protocol

from application.jobs.job import PermanentFailure
from application.mails.mail import Mail


class MailRejected(PermanentFailure):
    """The mail server rejected the mail permanently; the message has its reason."""


class MailDeferred(Exception):
    """The mail could not be sent now. After a late connection failure it may have been sent."""


class Mailer(Protocol):
    """Renders mails in the recipient's language and sends them."""

    async def send(self, mail: Mail) -> None:
        """Send it. Raises MailRejected and MailDeferred."""
        ...
