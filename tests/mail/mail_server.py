"""A real SMTP server for tests: aiosmtpd, which can be told to be difficult."""

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
Answer = Callable[[], Awaitable[str | None]]


@dataclass(slots=True)
class MailServer:
    """What arrived, and what the server answers; `port` is where it listens."""

    port: int = 0
    trust: ssl.SSLContext | None = None
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    answers: dict[str, str | Answer] = field(default_factory=dict)
    """To MAIL, RCPT or DATA, in the place of its own; what is awaited may take its time."""

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _: Any, __: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._answer("MAIL") or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _: Any, __: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return await self._answer("RCPT") or "250 OK"

    async def handle_DATA(self, _: Any, __: Any, envelope: Envelope) -> str:  # noqa: N802
        answer = await self._answer("DATA")
        if answer is not None:
            return answer
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.envelopes.append(envelope)
        self.mails.append(message)
        return "250 OK"

    async def _answer(self, command: str) -> str | None:
        answer = self.answers.get(command)
        return await answer() if callable(answer) else answer


@cache
def _authority() -> trustme.CA:
    return trustme.CA()


@asynccontextmanager
async def running_mail_server(
    *, port: int = 0, tls: bool = False, starttls: bool = False, log_in: bool = False
) -> AsyncIterator[MailServer]:
    """The server, on a free port unless one is given.

    With `starttls` it takes nothing before, with `log_in` neither. Closed, it cuts who is there.
    """
    server = MailServer()
    context = _server_context() if tls or starttls else None
    if context is not None:
        server.trust = ssl.create_default_context()
        _authority().configure_trust(server.trust)

    sessions: list[SMTP] = []

    def session() -> SMTP:
        one = SMTP(
            server,
            enable_SMTPUTF8=True,
            tls_context=context if starttls else None,
            require_starttls=starttls,
            auth_required=log_in,
            auth_require_tls=starttls,
            authenticator=_check if log_in else None,
        )
        sessions.append(one)
        return one

    loop = asyncio.get_running_loop()
    listening = await loop.create_server(session, "127.0.0.1", port, ssl=context if tls else None)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        await _close(listening, sessions)


async def _close(listening: asyncio.Server, sessions: list[SMTP]) -> None:
    loop = asyncio.get_running_loop()
    # asyncio would leave open whoever is accepted already and has no transport yet: so nobody more
    # is accepted, and those have theirs some turns of the loop later.
    for socket in listening.sockets:
        loop.remove_reader(socket.fileno())
    for _ in range(3):
        await asyncio.sleep(0)
    listening.close()
    for one in sessions:
        if one.transport is not None:
            one.transport.close()
    # They are told in the next turn.
    await asyncio.sleep(0)


def _server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _authority().issue_cert("localhost").configure_cert(context)
    return context


def _check(_: Any, __: Any, ___: Any, mechanism: str, given: Any) -> AuthResult:
    is_right = isinstance(given, LoginPassword) and (given.login, given.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=is_right, handled=False)
