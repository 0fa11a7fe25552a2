"""Runs a sandbox: the HTTP server and webhook delivery, in a thread of their own."""

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
from adapters.stripe.sandbox.asgi import BreakableProtocol, break_connections
from adapters.stripe.sandbox.persistence import StateFile
from adapters.stripe.sandbox.sandbox import Sandbox

_TICK_SECONDS = 1.0
_BACKLOG = 256


@contextmanager
def sandbox_in_thread(
    *, host: str = "127.0.0.1", state_file: StateFile | None = None, **options: Any
) -> Iterator[Sandbox]:
    """Run a sandbox at its `url` until the block ends.

    With a `state_file` it restores the state of the previous sandbox, at the same port if that is
    free, and saves its own each second and at the end. `options` are those of `Sandbox`:
    `webhook_url`, `webhook_secret`, `api_key`, …
    """
    with _listener(host, state_file.port if state_file else 0) as listener:
        url = f"http://{host}:{listener.getsockname()[1]}"
        sandbox = Sandbox(url=url, **options)
        if state_file is not None:
            state_file.restore(sandbox)
        server = _SandboxServer(sandbox, listener, state_file)
        server.start()
        try:
            yield sandbox
        finally:
            server.stop()


@asynccontextmanager
async def running_sandbox(**options: Any) -> AsyncIterator[Sandbox]:
    """Run `sandbox_in_thread` from asynchronous code; start and stop do not block the loop."""
    context = sandbox_in_thread(**options)
    sandbox = await to_thread.run_sync(context.__enter__)
    try:
        yield sandbox
    finally:
        await to_thread.run_sync(context.__exit__, None, None, None)


@contextmanager
def _listener(host: str, port: int) -> Iterator[socket.socket]:
    """Listen on `port`, or on any free port if it is taken or 0."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only if the socket's protocol is explicitly TCP.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            listener.bind((host, 0))
        listener.listen(_BACKLOG)
        yield listener


class _SandboxServer:
    """The thread in which uvicorn, webhook delivery and the clock's tick run."""

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
        """Stop the server, including calls that a fault leaves without a response."""
        self._loop.call_soon_threadsafe(self._exit)
        self._thread.join()
        self._save()

    def _exit(self) -> None:
        # Runs in the server's thread: the listener closes soon after `should_exit` is set.
        self._server.should_exit = True
        break_connections(self._listener.getsockname()[1])

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        tasks = [
            asyncio.create_task(self._sandbox.deliveries.run()),
            asyncio.create_task(self._tick()),
        ]
        self._loop = asyncio.get_running_loop()
        await asyncio.sleep(0)  # `deliveries.run` stores its loop on its first step.
        self._is_ready.set()
        try:
            await self._server.serve([self._listener])
        finally:
            for task in tasks:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*tasks)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            self._sandbox.run_due()
            await to_thread.run_sync(self._save)

    def _save(self) -> None:
        if self._state_file is not None:
            self._state_file.save(self._sandbox)
