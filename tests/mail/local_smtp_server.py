"""An SMTP server for tests, based on aiosmtpd, whose replies can be overridden."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

USER, PASSWORD = "office", "three blue teapots"
Reply = Callable[[], Awaitable[str | None]]


@dataclass(slots=True)
class LocalSmtpServer:
    """The received mails, and the overridden replies."""

    port: int = 0
    tls_context: ssl.SSLContext | None = None
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    replies: dict[str, str | Reply] = field(default_factory=dict)
    """Replies to MAIL, RCPT or DATA that replace the default ones; a coroutine may delay them."""

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _: Any, __: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._reply("MAIL") or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _: Any, __: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return await self._reply("RCPT") or "250 OK"

    async def handle_DATA(self, _: Any, __: Any, envelope: Envelope) -> str:  # noqa: N802
        reply = await self._reply("DATA")
        if reply is not None:
            return reply
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.envelopes.append(envelope)
        self.mails.append(message)
        return "250 OK"

    async def _reply(self, command: str) -> str | None:
        reply = self.replies.get(command)
        return await reply() if callable(reply) else reply


@cache
def _authority() -> trustme.CA:
    return trustme.CA()


@asynccontextmanager
async def running_smtp_server(
    *, port: int = 0, tls: bool = False, starttls: bool = False, log_in: bool = False
) -> AsyncIterator[LocalSmtpServer]:
    """Run the server on `port`, or on a free port if it is 0.

    With `starttls` or `log_in`, it rejects mails before that step. Closing it ends all connections.
    """
    server = LocalSmtpServer()
    context = _server_context() if tls or starttls else None
    if context is not None:
        server.tls_context = ssl.create_default_context()
        _authority().configure_trust(server.tls_context)

    sessions: list[SMTP] = []

    def session() -> SMTP:
        protocol = SMTP(
            server,
            enable_SMTPUTF8=True,
            tls_context=context if starttls else None,
            require_starttls=starttls,
            auth_required=log_in,
            auth_require_tls=starttls,
            authenticator=_authenticate if log_in else None,
        )
        sessions.append(protocol)
        return protocol

    loop = asyncio.get_running_loop()
    listener = await loop.create_server(session, "127.0.0.1", port, ssl=context if tls else None)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        await _close(listener, sessions)


async def _close(listener: asyncio.Server, sessions: list[SMTP]) -> None:
    loop = asyncio.get_running_loop()
    # asyncio does not close connections that are accepted but have no transport yet. So stop
    # accepting first; the pending connections get their transport within a few loop iterations.
    for socket in listener.sockets:
        loop.remove_reader(socket.fileno())
    for _ in range(3):
        await asyncio.sleep(0)
    listener.close()
    for session in sessions:
        if session.transport is not None:
            session.transport.close()
    # The protocols are notified in the next loop iteration.
    await asyncio.sleep(0)


def _server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _authority().issue_cert("localhost").configure_cert(context)
    return context


def _authenticate(_: Any, __: Any, ___: Any, mechanism: str, credentials: Any) -> AuthResult:
    is_valid = isinstance(credentials, LoginPassword) and (
        credentials.login,
        credentials.password,
    ) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=is_valid, handled=False)
