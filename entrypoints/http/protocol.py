"""BoundedHttpProtocol: uvicorn's HTTP protocol with a timeout for heads and problems as errors."""

import asyncio
from typing import Any

import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from domain.errors import InvalidValue
from entrypoints.http.middleware.request_context import request_id_of
from entrypoints.http.middleware.security_headers import SECURITY_HEADERS
from entrypoints.http.problems import PROBLEM_MEDIA_TYPE, describe

HEAD_TIMEOUT_SECONDS = 20
"""Maximum time for the head of a request to arrive. The body has its own timeout."""

_log = structlog.get_logger("cowork.http")


class BoundedHttpProtocol(HttpToolsProtocol):
    """Closes connections whose request head is incomplete for too long.

    uvicorn itself would wait forever for the rest of a head, and answers invalid HTTP in plain
    text.
    """

    _head_timeout: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Start the timeout of the first head."""
        super().connection_made(transport)
        self._start_head_timeout()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timeout."""
        self._cancel_head_timeout()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Start the timeout of a later head; uvicorn itself closes idle connections."""
        super().on_message_begin()
        self._start_head_timeout()

    def on_headers_complete(self) -> None:
        """Cancel the timeout."""
        self._cancel_head_timeout()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's own text
        """Respond to invalid HTTP with a problem, log it, and close the connection."""
        body = describe(InvalidValue("The request is not valid HTTP.")).body()
        request_id = request_id_of(())
        headers = {
            b"content-type": PROBLEM_MEDIA_TYPE.encode(),
            b"content-length": str(len(body)).encode(),
            b"x-request-id": request_id,
            b"connection": b"close",
        } | SECURITY_HEADERS
        lines = [b"%s: %s\r\n" % header for header in headers.items()]
        self.transport.write(b"".join([STATUS_LINE[400], *lines, b"\r\n"]) + body)
        self.transport.close()
        _log.info("request", status=400, request_id=request_id.decode())

    def _start_head_timeout(self) -> None:
        self._cancel_head_timeout()
        self._head_timeout = self.loop.call_later(HEAD_TIMEOUT_SECONDS, self._close_after_timeout)

    def _cancel_head_timeout(self) -> None:
        if self._head_timeout is not None:
            self._head_timeout.cancel()
            self._head_timeout = None

    def _close_after_timeout(self) -> None:
        if not self.transport.is_closing():
            self.logger.warning("The head of a request did not arrive in time.")
            self.transport.close()
