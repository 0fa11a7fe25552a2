"""Runs a sandbox: a listener and the delivery of events, in a thread of its own."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from anyio import to_thread

from adapters.stripe.sandbox.app import SandboxApp
from adapters.stripe.sandbox.keeping import StateFile
from adapters.stripe.sandbox.sandbox import Sandbox
from adapters.stripe.sandbox.wire import BreakableProtocol, break_connections

_TICK = 1.0
_BACKLOG = 256


@contextmanager
def sandbox_in_thread(
    *, host: str = "127.0.0.1", state_file: StateFile | None = None, **options: Any
) -> Iterator[Sandbox]:
    """A sandbox that answers at its `url` for as long as the block lasts.

    With a `state_file` it goes on from the one before, at the same address if that is free. The
    options are those of `Sandbox`: `webhook_url`, `webhook_secret`, `api_key`, …
    """
    with _listening(host, state_file.port if state_file else 0) as listener:
        url = f"http://{host}:{listener.getsockname()[1]}"
        sandbox = Sandbox(url=url, **options)
        if state_file is not None:
            state_file.restore(sandbox)
        running = _Running(sandbox, listener, state_file)
        running.start()
        try:
            yield sandbox
        finally:
            running.stop()


@asynccontextmanager
async def running_sandbox(**options: Any) -> AsyncIterator[Sandbox]:
    """The same for asynchronous code; starting and stopping hold nothing else up."""
    context = sandbox_in_thread(**options)
    sandbox = await to_thread.run_sync(context.__enter__)
    try:
        yield sandbox
    finally:
        await to_thread.run_sync(context.__exit__, None, None, None)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """On that port, or on any free one when that is taken or 0."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only of a socket that names TCP does asyncio take the delay of small packets away.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            listener.bind((host, 0))
        listener.listen(_BACKLOG)
        yield listener


class _Running:
    """The thread, and how it is told to end."""

    def __init__(
        self, sandbox: Sandbox, listener: socket.socket, state_file: StateFile | None
    ) -> None:
        config = uvicorn.Config(
            SandboxApp(sandbox),
            http=BreakableProtocol,
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self._sandbox = sandbox
        self._state_file = state_file
        self._listener = listener
        self._server = uvicorn.Server(config)
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stripe-sandbox", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._is_ready.wait()

    def stop(self) -> None:
        """End it, and the calls that the fault script leaves without an answer."""
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join()
        self._keep()

    def _end(self) -> None:
        # In the server's own thread, which closes the listener soon after it is told.
        self._server.should_exit = True
        break_connections(self._listener.getsockname()[1])

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        beside = [
            asyncio.create_task(self._sandbox.deliveries.run()),
            asyncio.create_task(self._tick()),
        ]
        self._loop = asyncio.get_running_loop()
        await asyncio.sleep(0)  # Deliveries know their loop now.
        self._is_ready.set()
        try:
            await self._server.serve([self._listener])
        finally:
            for task in beside:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*beside)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK)
            self._sandbox.run_due()
            await to_thread.run_sync(self._keep)

    def _keep(self) -> None:
        if self._state_file is not None:
            self._state_file.keep(self._sandbox)
