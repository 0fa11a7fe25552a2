"""Proxy: a TCP proxy to PostgreSQL that can delay, block and abort connections."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from anyio.from_thread import start_blocking_portal
from sqlalchemy import make_url

_CHUNK = 65_536


class Proxy:
    """Forwards a TCP port to a server's Unix socket.

    Each chunk is delayed by `delay` seconds in either direction. While it `is_blocked`, it forwards
    nothing, and keeps all connections open.
    """

    def __init__(self, path: Path) -> None:
        self.delay = 0.0
        self.port = 0
        self.is_blocked = False
        self._path = path
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
            self._abort_all()

    def abort_connections(self) -> None:
        """Abort all connections. May be called from any thread."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._abort_all)

    def _abort_all(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            upstream = await asyncio.open_unix_connection(self._path)
        except OSError:
            writer.transport.abort()
            return
        with self._tracked(writer), self._tracked(upstream[1]):
            await asyncio.gather(
                self._forward(reader, upstream[1]), self._forward(upstream[0], writer)
            )

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                await asyncio.sleep(self.delay)
                while self.is_blocked:  # noqa: ASYNC110 - set from another thread
                    await asyncio.sleep(0.05)
                writer.write(chunk)
        writer.close()

    @contextmanager
    def _tracked(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        self._writers.add(writer)
        try:
            yield
        finally:
            self._writers.discard(writer)
            writer.close()


@contextmanager
def run_proxy(dsn: str) -> Iterator[tuple[Proxy, str]]:
    """Run a proxy to that server in a thread. Yields it, and the server's URL through the proxy."""
    url = make_url(dsn)
    directory = Path(str(url.query["host"]))
    proxy = Proxy(directory / f".s.PGSQL.{url.query.get('port', 5432)}")
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(proxy.listening()),
    ):
        proxied_url = url.set(host="127.0.0.1", port=proxy.port, query={})
        yield proxy, proxied_url.render_as_string(hide_password=False)
