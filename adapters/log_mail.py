"""LogMailer: mails written to the log, for a house that has no mail server."""

import logging

from application.ports.mailer import PasswordResetMail

_LOGGER = logging.getLogger("cowork.mail")


class LogMailer:
    """The port Mailer. Whoever reads the log can follow the links, so it is not for strangers."""

    async def send(self, mail: PasswordResetMail) -> None:
        """Log who would get which link."""
        _LOGGER.info("Mail to %s: set a new password at %s", mail.to, mail.link)
