"""LogMailer: mails written to the log, for a house that has no mail server."""

import logging

from adapters.mail.letters import Letters
from application.ports.mailer import Mail

_LOGGER = logging.getLogger("cowork.mail")


class LogMailer:
    """The port Mailer. Whoever reads the log can follow the links, so it is not for strangers."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters

    async def send(self, mail: Mail) -> None:
        """Log who would get which mail."""
        letter = self._letters.write(mail)
        _LOGGER.info("Mail to %s: %s\n%s", mail.to.address, letter.subject, letter.text)
