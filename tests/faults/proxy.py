"""Proxy: the way to PostgreSQL, which can be slow, and can be cut."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from anyio.from_thread import start_blocking_portal
from sqlalchemy import make_url

_CHUNK = 65_536


class Proxy:
    """Passes on to a server's Unix socket what comes to a port of its own.

    Each chunk takes `delay` seconds either way. While it `is_silent` it passes on nothing,
    and keeps all connections open.
    """

    def __init__(self, path: Path) -> None:
        self.delay = 0.0
        self.port = 0
        self.is_silent = False
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

    def cut(self) -> None:
        """End all connections, without a word to either side. To be called from any thread."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._abort_all)

    def _abort_all(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner = await asyncio.open_unix_connection(self._path)
        except OSError:
            writer.transport.abort()
            return
        with self._noted(writer), self._noted(inner[1]):
            await asyncio.gather(self._pass_on(reader, inner[1]), self._pass_on(inner[0], writer))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                await asyncio.sleep(self.delay)
                while self.is_silent:  # noqa: ASYNC110 - set from another thread
                    await asyncio.sleep(0.05)
                writer.write(chunk)
        writer.close()

    @contextmanager
    def _noted(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        self._writers.add(writer)
        try:
            yield
        finally:
            self._writers.discard(writer)
            writer.close()


@contextmanager
def proxied(dsn: str) -> Iterator[tuple[Proxy, str]]:
    """A proxy to that server in a thread of its own, and the server's address by that way."""
    url = make_url(dsn)
    directory = Path(str(url.query["host"]))
    proxy = Proxy(directory / f".s.PGSQL.{url.query.get('port', 5432)}")
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(proxy.listening()),
    ):
        by_tcp = url.set(host="127.0.0.1", port=proxy.port, query={})
        yield proxy, by_tcp.render_as_string(hide_password=False)
