"""HTTP as the sandbox needs it: small requests, small answers, and connections that break."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, TypeAlias

from uvicorn.protocols.http.h11_impl import H11Protocol

Scope: TypeAlias = Mapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Mapping[str, Any]]]
Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]

_LONGEST_BODY = 1_000_000


class BreakableProtocol(H11Protocol):
    """Lets the application find a request's connection, by the client's address."""

    by_client: ClassVar[dict[tuple[str, int], asyncio.Transport]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Note it."""
        super().connection_made(transport)
        if self.client is not None:
            self.by_client[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        if self.client is not None:
            self.by_client.pop(self.client, None)
        super().connection_lost(exc)


def break_connection(scope: Scope) -> None:
    """End the request's connection without a word."""
    BreakableProtocol.by_client[tuple(scope["client"])].abort()


def break_connections(port: int) -> None:
    """End all connections to a listener."""
    for transport in list(BreakableProtocol.by_client.values()):
        if transport.get_extra_info("sockname")[1] == port:
            transport.abort()


async def body_of(receive: Receive) -> bytes | None:
    """The request's body, None if it is longer than any that Stripe takes."""
    body: bytes = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > _LONGEST_BODY:
            return None
        if not message.get("more_body", False):
            return body


async def gone(receive: Receive) -> None:
    """Wait until the client has given up."""
    while (await receive())["type"] != "http.disconnect":
        pass


def header(scope: Scope, name: str) -> str | None:
    """The value of a header, whose name is given in lower case."""
    for key, value in scope["headers"]:
        if key == name.encode():
            text: str = value.decode("latin-1")
            return text
    return None


async def send_answer(send: Send, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    """A whole answer."""
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    pairs.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


async def send_json(
    send: Send, status: int, document: object, headers: Mapping[str, str] | None = None
) -> None:
    """An answer as JSON."""
    body = json.dumps(document, ensure_ascii=False, indent=2).encode()
    await send_answer(send, status, body, {"content-type": "application/json", **(headers or {})})


async def send_page(send: Send, status: int, page: str) -> None:
    """A page that loads nothing and runs nothing."""
    headers = {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
        "x-content-type-options": "nosniff",
    }
    await send_answer(send, status, page.encode(), headers)


async def send_redirect(send: Send, address: str) -> None:
    """Lead the browser on, with GET."""
    await send_answer(send, 303, b"", {"location": address})
