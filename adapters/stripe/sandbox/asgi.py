"""Requests and responses over plain ASGI, and connections that the sandbox can break."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, TypeAlias

from uvicorn.protocols.http.h11_impl import H11Protocol

Scope: TypeAlias = Mapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Mapping[str, Any]]]
Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]

_MAX_BODY_BYTES = 1_000_000


class BreakableProtocol(H11Protocol):
    """Registers each connection by the client's address, so that a handler can break it."""

    by_client: ClassVar[dict[tuple[str, int], asyncio.Transport]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Register the connection."""
        super().connection_made(transport)
        if self.client is not None:
            self.by_client[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Unregister the connection."""
        if self.client is not None:
            self.by_client.pop(self.client, None)
        super().connection_lost(exc)


def break_connection(scope: Scope) -> None:
    """Close the request's connection without a response."""
    BreakableProtocol.by_client[tuple(scope["client"])].abort()


def break_connections(port: int) -> None:
    """Close all connections to a local port without a response."""
    for transport in list(BreakableProtocol.by_client.values()):
        if transport.get_extra_info("sockname")[1] == port:
            transport.abort()


async def read_body(receive: Receive) -> bytes | None:
    """Return the request's body, or None if it exceeds a million bytes."""
    body: bytes = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > _MAX_BODY_BYTES:
            return None
        if not message.get("more_body", False):
            return body


async def wait_for_disconnect(receive: Receive) -> None:
    """Wait until the client closes the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


def header(scope: Scope, name: str) -> str | None:
    """Return the value of a header. `name` is in lower case."""
    for key, value in scope["headers"]:
        if key == name.encode():
            text: str = value.decode("latin-1")
            return text
    return None


async def send_response(send: Send, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    """Send a complete response with its `Content-Length`."""
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    pairs.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


async def send_json(
    send: Send, status: int, document: object, headers: Mapping[str, str] | None = None
) -> None:
    """Send a JSON response."""
    body = json.dumps(document, ensure_ascii=False, indent=2).encode()
    await send_response(send, status, body, {"content-type": "application/json", **(headers or {})})


async def send_page(send: Send, status: int, page: str) -> None:
    """Send an HTML page whose policy forbids scripts and external resources."""
    headers = {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
        "x-content-type-options": "nosniff",
    }
    await send_response(send, status, page.encode(), headers)


async def send_redirect(send: Send, url: str) -> None:
    """Redirect the browser to `url` with GET (303)."""
    await send_response(send, 303, b"", {"location": url})
