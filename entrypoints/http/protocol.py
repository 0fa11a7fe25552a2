"""BoundedHttpProtocol: uvicorn's, bounded where it leaves a client all the time in the world."""

import asyncio
from typing import Any

import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from domain.errors import InvalidValue
from entrypoints.http.middleware.request_context import request_id_of
from entrypoints.http.middleware.security_headers import STRICT
from entrypoints.http.problems import PROBLEM_MEDIA_TYPE, describe

HEAD_TIMEOUT_SECONDS = 20
"""How long a request's head may take to arrive; a body's own time comes after it."""

_log = structlog.get_logger("cowork.http")


class OneWrite:
    """A transport that sends together what is written in the same turn of the event loop.

    uvicorn writes the head of an answer and its body apart, and each write is a system call that
    wakes whoever reads.
    """

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._written: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send it before the turn ends."""
        if not self._written:
            self._loop.call_soon(self._send)
        self._written.append(data)

    def close(self) -> None:
        """Close when all is sent."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        written, self._written = self._written, []
        # Whoever has hung up in the same turn gets nothing any more.
        if written and not self._transport.is_closing():
            self._transport.writelines(written)


class BoundedHttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which closes a connection whose request does not come to its end.

    uvicorn itself would wait for ever for the rest of a head that was begun, and answers what is no
    HTTP in plain text.
    """

    _head_timeout: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Expect a first request."""
        super().connection_made(OneWrite(transport, self.loop))  # type: ignore[arg-type]  # as good as one
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self._expect_nothing()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Expect the rest of the head; an idle connection is uvicorn's own to close."""
        super().on_message_begin()
        self._expect_head()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._expect_nothing()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's own words
        """Answer what cannot be read as HTTP, as a problem like any other, and log it."""
        body = describe(InvalidValue("This is no HTTP request that can be read.")).body()
        request_id = request_id_of(())
        headers = {
            b"content-type": PROBLEM_MEDIA_TYPE.encode(),
            b"content-length": str(len(body)).encode(),
            b"x-request-id": request_id,
            b"connection": b"close",
        } | STRICT
        lines = [b"%s: %s\r\n" % header for header in headers.items()]
        self.transport.write(b"".join([STATUS_LINE[400], *lines, b"\r\n"]) + body)
        self.transport.close()
        _log.info("request", status=400, request_id=request_id.decode())

    def _expect_head(self) -> None:
        self._expect_nothing()
        self._head_timeout = self.loop.call_later(HEAD_TIMEOUT_SECONDS, self._give_up)

    def _expect_nothing(self) -> None:
        if self._head_timeout is not None:
            self._head_timeout.cancel()
            self._head_timeout = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.logger.warning("A request was begun and not ended in time.")
            self.transport.close()
