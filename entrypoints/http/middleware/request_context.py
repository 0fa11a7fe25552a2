"""Envelope: what happens around every request, whatever becomes of it.

It has an id, which the answer and every log line carry; it is logged once; browsers are told what
they may do with the answer; and an address or a host that nothing behind could take is refused at
once.
"""

import asyncio
import re
import time
from collections.abc import Iterable
from random import Random
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from adapters.postgres.engine.statement_counter import begin_statement_count
from application.ports.unit_of_work import Unavailable
from domain.errors import InvalidValue
from entrypoints.http.middleware.cors import CorsMiddleware, Headers
from entrypoints.http.problems import PROBLEM_MEDIA_TYPE, describe
from entrypoints.observability.metrics.requests import measured

_SANE_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")
_FEED = re.compile(r"(?<=/calendar/).+", re.DOTALL)
_HOST = re.compile(rb"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?")
_LAST_PORT = 65535
REFUSAL_SECONDS = 1
"""How long those wait who come when it is too full: who asks again at once costs less then, and
the more of the processor is left for those who are in. About so long, lest a crowd that came at
once is refused, and comes again, at once."""
_NO_TEXT = "The address is no UTF-8 text, or has a NUL in it."
_NO_HOST = "Expected one Host, with a port that there is."
_random = Random()  # noqa: S311 - for no secrets, and the system is not asked each time
_log = structlog.get_logger("cowork.http")


class RequestContextMiddleware:
    """An ASGI middleware for the outermost place."""

    def __init__(self, app: ASGIApp, browsers: CorsMiddleware) -> None:
        self._app = app
        self._browsers = browsers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and see it logged."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        request_id = request_id_of(scope["headers"])
        started = time.perf_counter()
        tally = begin_statement_count()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *self._browsers.complete(scope, message["headers"]),
                    (b"x-request-id", request_id),
                ]
            await send(message)

        # The server gives each request a task, and so a context, of its own.
        bind_contextvars(request_id=request_id.decode())
        try:
            if not _is_readable(scope):
                await _refuse(send_with_id, InvalidValue(_NO_TEXT))
            elif not _names_one_host(scope):
                await _refuse(send_with_id, InvalidValue(_NO_HOST))
            elif scope["method"] == "OPTIONS":
                await _send(send_with_id, 204, self._browsers.preflight(scope))
            else:
                await self._app(scope, receive, send_with_id)
        except Unavailable as error:
            # Of what is inside only Shedding lets one out, and has not begun to answer.
            await asyncio.sleep(REFUSAL_SECONDS * _random.uniform(0.75, 1.25))
            await _refuse(send_with_id, error)
        finally:
            seconds = time.perf_counter() - started
            measured(scope, status, seconds)
            _log.info(
                "request",
                method=scope["method"],
                path=shown_path(scope),
                status=status or None,
                milliseconds=round(seconds * 1000, 1),
                route=scope.get("path_template"),
                user_id=_user_id(scope),
                statements=tally.statements,
            )


def _user_id(scope: Any) -> str | None:
    caller = scope.get("user")
    return None if caller is None else str(caller.user_id)


def shown_path(scope: Any) -> str:
    """The path as the log may have it: no character that starts a line of its own, and no secret.

    Whoever knows the address of a calendar feed can read it.
    """
    return quote(_FEED.sub("[feed]", scope["path"]), safe="/:@[]", errors="backslashreplace")


def request_id_of(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The caller's own id for the request if it is a sane one, else a new one."""
    for name, value in headers:
        if name == b"x-request-id" and _SANE_ID.fullmatch(value):
            return bytes(value)
    return b"%032x" % _random.getrandbits(128)


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


def _names_one_host(scope: Any) -> bool:
    """Whether the Host can be a part of a link, as of a calendar feed's. HTTP/1.0 has none."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if hosts in ([], [b""]):
        return True
    found = _HOST.fullmatch(hosts[0])
    return len(hosts) == 1 and found is not None and int(found["port"] or 0) <= _LAST_PORT


async def _refuse(send: Send, error: Exception) -> None:
    answer = describe(error)
    told = {"content-type": PROBLEM_MEDIA_TYPE} | dict(answer.headers)
    headers = [(name.lower().encode(), value.encode()) for name, value in told.items()]
    await _send(send, answer.status, headers, answer.body())


async def _send(send: Send, status: int, headers: Headers, body: bytes = b"") -> None:
    length = [(b"content-length", str(len(body)).encode())] if body else []
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": body, "more_body": False})
