"""SmtpMailer: sends mails over SMTP, with one connection per mail."""

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

from adapters.mail.message import build_message
from adapters.mail.renderer import MailRenderer
from adapters.mail.smtp_server import SmtpServer, SmtpTls
from application.mails.mail import Mail
from application.ports.mailer import MailDeferred, MailRejected

_PERMANENT_CODES = range(500, 600)


class SmtpMailer:
    """Implements the port Mailer.

    A failure is permanent only if the server permanently rejects this mail's recipient or content.
    Every other failure is temporary, a rejected login or sender included: an operator fixes the
    settings, and the waiting mails are sent.
    """

    def __init__(self, server: SmtpServer, renderer: MailRenderer) -> None:
        self._server = server
        self._renderer = renderer

    async def send(self, mail: Mail) -> None:
        """Send the mail. Raises MailRejected (permanent) and MailDeferred (temporary)."""
        message = build_message(mail, self._renderer.render(mail), self._server.sender)
        try:
            await self._submit(message)
        except SMTPRecipientsRefused as error:
            [recipient] = error.recipients
            raise _rejection("the recipient", recipient.code) from error
        except SMTPDataError as error:
            raise _rejection("the mail", error.code) from error
        except SMTPNotSupported as error:
            raise self._unsupported(mail) from error
        except (SMTPException, OSError, TimeoutError) as error:
            # The server's text may contain the address, so only the type and the code are reported.
            code = getattr(error, "code", None)
            reason = type(error).__name__ if code is None else f"{type(error).__name__} {code}"
            raise MailDeferred(f"The mail server did not accept the mail: {reason}.") from error

    async def _submit(self, message: EmailMessage) -> None:
        client = _client(self._server)
        try:
            async with asyncio.timeout(self._server.send_timeout_seconds):
                await client.connect()
                await client.send_message(message)
        finally:
            await _disconnect(client)

    def _unsupported(self, mail: Mail) -> MailRejected | MailDeferred:
        if not mail.to.address.value.isascii():
            return MailRejected("The mail server does not support non-ASCII addresses.")
        return MailDeferred("The mail server does not support what the settings require.")


async def try_log_in(server: SmtpServer) -> None:
    """Connect, encrypt and log in as for a mail, but send none.

    Raises aiosmtplib's exceptions, OSError and TimeoutError.
    """
    client = _client(server)
    try:
        async with asyncio.timeout(server.send_timeout_seconds):
            await client.connect()
    finally:
        await _disconnect(client)


def _client(server: SmtpServer) -> SMTP:
    """Return a client that is not connected yet; connecting also encrypts and logs in."""
    return SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.tls is SmtpTls.TLS,
        start_tls=server.tls is SmtpTls.STARTTLS,
        username=server.user,
        password=server.password,
        tls_context=server.tls_context,
        timeout=server.reply_timeout_seconds,
    )


def _rejection(subject: str, code: int) -> MailRejected | MailDeferred:
    message = f"The mail server rejected {subject} ({code})."
    return MailRejected(message) if code in _PERMANENT_CODES else MailDeferred(message)


async def _disconnect(client: SMTP) -> None:
    """Close the connection. Errors are ignored: by now the mail is either accepted or not."""
    if client.is_connected:
        with suppress(SMTPException, OSError, TimeoutError):
            await client.quit(timeout=1)
    client.close()
