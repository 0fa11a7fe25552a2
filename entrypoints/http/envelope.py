"""Envelope: what happens around every request, whatever becomes of it.

It has an id, which the answer and every log line carry; it is logged once; and text in its address
that nothing behind could take is refused at once.
"""

import re
import secrets
import time
from typing import Any
from urllib.parse import unquote_to_bytes

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from domain.errors import InvalidValue
from entrypoints.http.problems import PROBLEM_MEDIA_TYPE, describe

_SANE_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")
_log = structlog.get_logger("cowork.http")


class Envelope:
    """An ASGI middleware for the outermost place."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and see it logged."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        started = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id)]
            await send(message)

        # The server gives each request a task, and so a context, of its own.
        bind_contextvars(request_id=request_id.decode())
        try:
            if _is_readable(scope):
                await self._app(scope, receive, send_with_id)
            else:
                await _refuse_address(send_with_id)
        finally:
            _log.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status or None,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )


def _request_id(scope: Any) -> bytes:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SANE_ID.fullmatch(value):
            return bytes(value)
    return secrets.token_hex(16).encode()


def _is_readable(scope: Any) -> bool:
    """Whether path and query are UTF-8 without NUL once their percent signs are undone."""
    address = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
    for part in (address, scope["query_string"]):
        if b"%" not in part and part.isascii() and b"\0" not in part:
            continue
        plain = unquote_to_bytes(part)
        if b"\0" in plain:
            return False
        try:
            plain.decode()
        except UnicodeDecodeError:
            return False
    return True


async def _refuse_address(send: Send) -> None:
    answer = describe(InvalidValue("The address is no UTF-8 text, or has a NUL in it."))
    body = answer.body()
    headers = [
        (b"content-type", PROBLEM_MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
