"""HttpConnection: a minimal HTTP client that uses little CPU, so that one process can send much."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit


class ConnectionLost(Exception):
    """The connection was refused, or ended before the response was complete."""

    def __init__(self, *, was_sent: bool) -> None:
        super().__init__()
        self.was_sent = was_sent


@dataclass(frozen=True, slots=True)
class Response:
    """A response, and the seconds it took."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        """The body, parsed as JSON."""
        return json.loads(self.body)


class HttpConnection:
    """Connects on first use, and reconnects after the connection was lost."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._address = urlsplit(url)
        self._headers = headers
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.abort()

    async def request(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Send a request and return its response. Raises ConnectionLost."""
        started = time.monotonic()
        was_sent = False
        try:
            reader, _ = await self.send(method, path, body, headers)
            was_sent = True
            response = await _read_response(reader, started)
        except (OSError, asyncio.IncompleteReadError) as error:
            self.abort()
            raise ConnectionLost(was_sent=was_sent) from error
        if response.headers.get("connection") == "close":
            self.abort()
        return response

    async def send(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Send a request without waiting for its response."""
        if self._streams is not None and self._streams[0].at_eof():
            self.abort()
        if self._streams is None:
            self._streams = await asyncio.open_connection(
                self._address.hostname, self._address.port
            )
        self._streams[1].write(self._request(method, path, body, headers or {}))
        return self._streams

    def abort(self) -> None:
        """Abort the connection, with any request in progress."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    def _request(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> bytes:
        content = b"" if body is None else json.dumps(body).encode()
        all_headers = {"Host": "x", "Content-Type": "application/json"} | {
            **self._headers,
            **headers,
        }
        lines = [f"{name}: {value}" for name, value in all_headers.items()]
        head = "\r\n".join([f"{method} {path} HTTP/1.1", *lines, f"Content-Length: {len(content)}"])
        return head.encode() + b"\r\n\r\n" + content


async def _read_response(reader: asyncio.StreamReader, started: float) -> Response:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode().strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Response(int(first.split(" ")[1]), headers, body, time.monotonic() - started)
