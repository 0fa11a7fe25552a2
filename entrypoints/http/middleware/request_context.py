"""RequestContextMiddleware: what every request gets, whatever its outcome.

An id, which the response and every log line contain; a log line and metrics; security and CORS
headers; and a 400 if its URL or its Host is invalid.
"""

import asyncio
import re
import time
from collections.abc import Callable, Iterable
from random import Random
from typing import Any, Protocol
from urllib.parse import quote

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from application.ports.unit_of_work import Unavailable
from entrypoints.http.middleware.cors import CorsPolicy
from entrypoints.http.middleware.request_target import target_error
from entrypoints.http.middleware.security_headers import Headers, with_security_headers
from entrypoints.http.problems import PROBLEM_MEDIA_TYPE, describe
from entrypoints.observability.metrics.requests import observe_request

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")
_FEED_TOKEN = re.compile(r"(?<=/calendar/).+", re.DOTALL)
SHED_DELAY_SECONDS = 1
"""Delay before a shed request gets its 503, with ±25 % jitter. Slows clients that retry at once and
prevents a thundering herd."""
_random = Random()  # noqa: S311 - not for secrets; saves a system call for each request
_log = structlog.get_logger("cowork.http")


class StatementCount(Protocol):
    """The number of database statements since the count began."""

    statements: int


class RequestContextMiddleware:
    """The outermost ASGI middleware."""

    def __init__(
        self,
        app: ASGIApp,
        cors: CorsPolicy,
        begin_statement_count: Callable[[], StatementCount],
    ) -> None:
        self._app = app
        self._cors = cors
        self._begin_statement_count = begin_statement_count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and log it at its end."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        request_id = request_id_of(scope["headers"])
        start = time.perf_counter()
        count = self._begin_statement_count()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *with_security_headers(scope, message["headers"]),
                    *self._cors.response_headers(scope),
                    (b"x-request-id", request_id),
                ]
            await send(message)

        # The server handles each request in a task, and so in a context, of its own.
        bind_contextvars(request_id=request_id.decode())
        try:
            if error := target_error(scope):
                await _send_problem(send_with_headers, error)
            elif scope["method"] == "OPTIONS":
                await _send(send_with_headers, 204, self._cors.preflight_headers(scope))
            else:
                await self._app(scope, receive, send_with_headers)
        except Unavailable as unavailable:
            # Raised only by LoadSheddingMiddleware, before the response has started.
            await asyncio.sleep(SHED_DELAY_SECONDS * _random.uniform(0.75, 1.25))
            await _send_problem(send_with_headers, unavailable)
        finally:
            seconds = time.perf_counter() - start
            observe_request(scope, status, seconds)
            _log.info(
                "request",
                method=scope["method"],
                path=loggable_path(scope),
                status=status or None,
                milliseconds=round(seconds * 1000, 1),
                route=scope.get("path_template"),
                user_id=_user_id(scope),
                statements=count.statements,
            )


def _user_id(scope: Any) -> str | None:
    caller = scope.get("user")
    return None if caller is None else str(caller.user_id)


def loggable_path(scope: Any) -> str:
    """Return the path without line breaks or other control characters, and without secrets.

    The URL of a calendar feed is a secret: it grants access to the feed.
    """
    return quote(_FEED_TOKEN.sub("[feed]", scope["path"]), safe="/:@[]", errors="backslashreplace")


def request_id_of(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return the client's `X-Request-ID` if it is valid, otherwise a new id."""
    for name, value in headers:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return bytes(value)
    return b"%032x" % _random.getrandbits(128)


async def _send_problem(send: Send, error: Exception) -> None:
    problem = describe(error)
    fields = {"content-type": PROBLEM_MEDIA_TYPE} | dict(problem.headers)
    headers = [(name.lower().encode(), value.encode()) for name, value in fields.items()]
    await _send(send, problem.status, headers, problem.body())


async def _send(send: Send, status: int, headers: Headers, body: bytes = b"") -> None:
    length = [(b"content-length", str(len(body)).encode())] if body else []
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": body, "more_body": False})
