"""Line: a connection to the service that costs its client little, so that few can send much."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit


class LineCut(Exception):
    """The connection was refused, or ended before the answer was there."""

    def __init__(self, *, was_sent: bool) -> None:
        super().__init__()
        self.was_sent = was_sent


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, and how long it took."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def said(self) -> Any:
        """The body, which has to be JSON."""
        return json.loads(self.body)


class Line:
    """Connects when it is first needed, and again after it was cut."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._address = urlsplit(url)
        self._headers = headers
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.cut()

    async def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request, and hear the answer. Raises LineCut."""
        began = time.monotonic()
        was_sent = False
        try:
            reader, _ = await self.send(method, path, body, headers)
            was_sent = True
            answer = await _answer(reader, began)
        except (OSError, asyncio.IncompleteReadError) as error:
            self.cut()
            raise LineCut(was_sent=was_sent) from error
        if answer.headers.get("connection") == "close":
            self.cut()
        return answer

    async def send(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Send a request, and wait for nothing."""
        if self._streams is not None and self._streams[0].at_eof():
            self.cut()
        if self._streams is None:
            self._streams = await asyncio.open_connection(
                self._address.hostname, self._address.port
            )
        self._streams[1].write(self._request(method, path, body, headers or {}))
        return self._streams

    def cut(self) -> None:
        """Hang up, whatever is under way."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    def _request(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> bytes:
        content = b"" if body is None else json.dumps(body).encode()
        told = {"Host": "x", "Content-Type": "application/json"} | {**self._headers, **headers}
        lines = [f"{name}: {value}" for name, value in told.items()]
        head = "\r\n".join([f"{method} {path} HTTP/1.1", *lines, f"Content-Length: {len(content)}"])
        return head.encode() + b"\r\n\r\n" + content


async def _answer(reader: asyncio.StreamReader, began: float) -> Answer:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode().strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Answer(int(first.split(" ")[1]), headers, body, time.monotonic() - began)
