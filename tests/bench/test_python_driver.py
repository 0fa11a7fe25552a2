"""The Python driver sends the requests in turn, and counts the responses."""

import asyncio
from contextlib import closing, suppress
from typing import Any

from tests.bench.python_driver import drive

SECONDS = 0.1


async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Respond to each request with its path as the status, until the client disconnects."""
    with closing(writer), suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            request = await reader.readuntil(b"\r\n\r\n")
            status = request.split()[1].lstrip(b"/")
            writer.write(b"HTTP/1.1 %s -\r\ncontent-length: 2\r\n\r\n{}" % status)


async def drive_server(requests: list[bytes], connections: int) -> dict[int, int]:
    handlers = []

    def accept(*connection: Any) -> None:
        handlers.append(asyncio.ensure_future(respond(*connection)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    tally = await drive("127.0.0.1", port, connections, SECONDS, requests)
    server.close()
    await asyncio.gather(*handlers)
    assert tally.lost == 0
    assert len(tally.seconds) == tally.statuses.total()
    return dict(tally.statuses)


def test_all_requests_are_sent_in_turn_on_all_connections() -> None:
    requests = [b"GET /%d HTTP/1.1\r\n\r\n" % status for status in (200, 201, 409)]
    statuses = asyncio.run(drive_server(requests, connections=3))
    assert set(statuses) == {200, 201, 409}
    assert max(statuses.values()) - min(statuses.values()) <= 3
