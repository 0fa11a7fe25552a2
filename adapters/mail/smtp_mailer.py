"""SmtpMailer: mails handed to a mail server, one connection each."""

import asyncio
from contextlib import suppress
from email.message import EmailMessage

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
)

from adapters.mail.letters import Letters
from adapters.mail.message import message_of
from adapters.mail.smtp_server import SmtpServer, SmtpTls
from application.ports.mailer import Mail, MailPutOff, MailRefused

_FINAL = range(500, 600)


class SmtpMailer:
    """The port Mailer.

    Final is what the server refuses for good about this very mail: its recipient, or its content.
    All else may pass, a refused log-in or sender too: an operator sets that right, and then the
    mails that waited are sent.
    """

    def __init__(self, server: SmtpServer, letters: Letters) -> None:
        self._server = server
        self._letters = letters

    async def send(self, mail: Mail) -> None:
        """Hand it in. Raises MailRefused and MailPutOff."""
        message = message_of(mail, self._letters.write(mail), self._server.sender)
        try:
            await self._hand_in(message)
        except SMTPRecipientsRefused as refused:
            [recipient] = refused.recipients
            raise _failure("the recipient", recipient.code) from refused
        except SMTPDataError as refused:
            raise _failure("the mail", refused.code) from refused
        except SMTPNotSupported as refused:
            raise self._not_supported(mail) from refused
        except (SMTPException, OSError, TimeoutError) as trouble:
            # What the server says may repeat the address: only of what kind it was is told.
            code = getattr(trouble, "code", None)
            reason = type(trouble).__name__ if code is None else f"{type(trouble).__name__} {code}"
            raise MailPutOff(f"The mail server did not take the mail: {reason}.") from trouble

    async def _hand_in(self, message: EmailMessage) -> None:
        client = _client_of(self._server)
        try:
            async with asyncio.timeout(self._server.most_seconds):
                await client.connect()
                await client.send_message(message)
        finally:
            await _hang_up(client)

    def _not_supported(self, mail: Mail) -> MailRefused | MailPutOff:
        if not mail.to.address.value.isascii():
            return MailRefused("The mail server takes no address beyond ASCII.")
        return MailPutOff("The mail server does not offer what the settings ask for.")


async def try_log_in(server: SmtpServer) -> None:
    """Connect, encrypt and log in as for a mail, and hand none in.

    Raises what aiosmtplib does, OSError and TimeoutError.
    """
    client = _client_of(server)
    try:
        async with asyncio.timeout(server.most_seconds):
            await client.connect()
    finally:
        await _hang_up(client)


def _client_of(server: SmtpServer) -> SMTP:
    """A client that is not connected yet; when it connects, it encrypts and logs in."""
    return SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.tls is SmtpTls.TLS,
        start_tls=server.tls is SmtpTls.STARTTLS,
        username=server.user,
        password=server.password,
        tls_context=server.trust,
        timeout=server.step_seconds,
    )


def _failure(what: str, code: int) -> MailRefused | MailPutOff:
    told = f"The mail server refused {what} ({code})."
    return MailRefused(told) if code in _FINAL else MailPutOff(told)


async def _hang_up(client: SMTP) -> None:
    """Part politely. The mail is taken by now, or is not: nothing here changes that any more."""
    if client.is_connected:
        with suppress(SMTPException, OSError, TimeoutError):
            await client.quit(timeout=1)
    client.close()
