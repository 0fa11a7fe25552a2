"""A replacement for wrk with `wrk.lua`, with the same output but higher CPU usage.

python -m tests.bench.python_driver HOST PORT CONNECTIONS SECONDS FILE
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import httptools


class Connection(asyncio.Protocol):
    """Sends each request after the response to the previous one."""

    def __init__(self, requests: Iterator[bytes], tally: "Tally") -> None:
        self._requests = requests
        self._tally = tally
        self._parser = httptools.HttpResponseParser(self)
        # uvloop's transports are not subclasses of asyncio.Transport.
        self._transport: Any = None
        self._sent_at = 0.0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, error: Exception | None) -> None:
        if self._transport is not None:
            self._tally.lost += 1

    def close(self) -> None:
        transport, self._transport = self._transport, None
        transport.abort()

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self._tally.statuses[self._parser.get_status_code()] += 1
        self._tally.seconds.append(time.perf_counter() - self._sent_at)
        self._parser = httptools.HttpResponseParser(self)
        self._send()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(next(self._requests))


class Tally:
    """Counts and durations of the responses."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.seconds: list[float] = []
        self.lost = 0

    def summary(self, duration: float) -> dict[str, object]:
        """Return the summary in the format of wrk.lua."""
        ordered = sorted(self.seconds) or [0.0]
        p50, p99 = (1e3 * ordered[int(len(ordered) * share)] for share in (0.50, 0.99))
        counts = {"lost": self.lost, "statuses": self.statuses}
        return {"seconds": duration, "p50_ms": p50, "p99_ms": p99, **counts}


async def drive(
    host: str, port: int, connections: int, seconds: float, requests: list[bytes]
) -> Tally:
    """Send the requests repeatedly for `seconds`."""
    tally = Tally()
    repeated = cycle(requests)
    loop = asyncio.get_running_loop()
    open_connections = []
    for _ in range(connections):
        _, protocol = await loop.create_connection(lambda: Connection(repeated, tally), host, port)
        open_connections.append(protocol)
    await asyncio.sleep(seconds)
    for connection in open_connections:
        connection.close()
    return tally


def main() -> None:
    import uvloop  # noqa: PLC0415 - not available on Windows, where this never runs

    host, port, connections, seconds, path = sys.argv[1:]
    requests = Path(path).read_bytes().split(b"\0")
    run = drive(host, int(port), int(connections), int(seconds), requests)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        tally = runner.run(run)
    sys.stdout.write(json.dumps(tally.summary(float(seconds))) + "\n")


if __name__ == "__main__":
    main()
