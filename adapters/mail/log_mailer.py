"""LogMailer: writes mails to the log, for a house without a mail server."""

import logging

from adapters.mail.renderer import MailRenderer
from application.mails.mail import Mail

_LOGGER = logging.getLogger("cowork.mail")


class LogMailer:
    """Implements the port Mailer. The logged links are secrets: restrict access to the log."""

    def __init__(self, renderer: MailRenderer) -> None:
        self._renderer = renderer

    async def send(self, mail: Mail) -> None:
        """Log the recipient, the subject and the text."""
        rendered = self._renderer.render(mail)
        _LOGGER.info("Mail to %s: %s\n%s", mail.to.address, rendered.subject, rendered.text)
