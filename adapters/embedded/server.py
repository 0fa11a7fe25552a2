"""EmbeddedPostgres: the server of a data directory, running while at least one process uses it."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from adapters.embedded.cluster import DATABASE, OWNER, Cluster
from adapters.embedded.errors import EmbeddedPostgresError
from adapters.embedded.file_lock import FileLock
from adapters.embedded.installation import Installation
from adapters.embedded.sockets import PORT

_log = logging.getLogger(__name__)
_CHECK_INTERVAL_SECONDS = 1
_LOCK_TIMEOUT_SECONDS = 120
"""Longer than another process takes to start or stop the server."""


class EmbeddedPostgres:
    """A reference to the PostgreSQL server below a directory; an async context, entered once.

    The first user initializes the data and starts the server, the last one stops it, and any number
    of processes share it in between. A process that dies no longer counts as a user; if it was the
    last one, the server keeps running and the next user takes it over. Only this process holds the
    reference, not its children.
    """

    def __init__(
        self,
        directory: Path,
        *,
        installation: Installation | None = None,
        settings: Mapping[str, str] | None = None,
        is_temporary: bool = False,
    ) -> None:
        """Create the reference without starting the server.

        `settings` are PostgreSQL's, and override the defaults. If `is_temporary`, the last user
        deletes the data too. Raises EmbeddedPostgresError if PostgreSQL is not installed.
        """
        self._directory = directory.resolve()
        self._is_temporary = is_temporary
        programs = installation or Installation.from_package()
        self._cluster = Cluster(self._directory, programs, settings or {})
        self._users = FileLock(self._directory / "postgres.users")
        self._thread_lock = Lock()

    @property
    def dsn(self) -> str:
        """The database URL, for asyncpg and SQLAlchemy; a restart does not change it."""
        return f"postgresql://{OWNER}@/{DATABASE}?host={self._cluster.socket_directory}&port={PORT}"

    async def __aenter__(self) -> Self:
        try:
            await _run_to_completion(self.start)
        except asyncio.CancelledError:
            await _run_to_completion(self.stop)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await _run_to_completion(self.stop)

    async def supervise(self) -> None:
        """Restart the server whenever it dies, until cancelled."""
        while True:
            await asyncio.sleep(_CHECK_INTERVAL_SECONDS)
            try:
                await _run_to_completion(self.restart_if_dead)
            except EmbeddedPostgresError as error:
                _log.error("The embedded PostgreSQL died and cannot be restarted: %s", error)

    def start(self) -> None:
        """Acquire the reference, and start the server unless it runs.

        Raises EmbeddedPostgresError.
        """
        with self._start_stop_lock():
            if not self._users.is_held:
                self._users.acquire(shared=True, timeout_seconds=_LOCK_TIMEOUT_SECONDS)
            try:
                self._cluster.start()
            except BaseException:
                self._users.release()
                raise

    def stop(self) -> None:
        """Release the reference, and stop the server if no other process holds one."""
        if not self._users.is_held:
            return
        with self._start_stop_lock():
            self._users.release()
            self._stop_if_unused()

    def restart_if_dead(self) -> None:
        """Restart the server if it has died. Raises EmbeddedPostgresError."""
        if self._cluster.is_running():
            self._cluster.rotate_log()
            return
        with self._start_stop_lock():
            if self._users.is_held and not self._cluster.is_running():
                _log.warning("The embedded PostgreSQL has died; restarting it.")
                self._cluster.start()

    def stop_if_unused(self) -> None:
        """Stop a server that keeps running because all its users have died."""
        with self._start_stop_lock():
            self._stop_if_unused()

    def _stop_if_unused(self) -> None:
        all_users = FileLock(self._directory / "postgres.users")
        if not all_users.acquire(shared=False, timeout_seconds=0):
            return
        try:
            self._cluster.stop()
            if self._is_temporary:
                self._cluster.remove()
        finally:
            all_users.release()

    @contextmanager
    def _start_stop_lock(self) -> Iterator[None]:
        """Lock out other threads and processes. Converts OSError to EmbeddedPostgresError."""
        lock = FileLock(self._directory / "postgres.turn")
        try:
            with self._thread_lock:
                self._directory.mkdir(mode=0o711, parents=True, exist_ok=True)
                if not lock.acquire(shared=False, timeout_seconds=_LOCK_TIMEOUT_SECONDS):
                    raise EmbeddedPostgresError(
                        f"{self._directory} is locked by another process; try again later."
                    )
                try:
                    yield
                finally:
                    lock.release()
        except OSError as error:
            path = error.filename or self._directory
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL cannot use {self._directory}: {error.strerror} ({path})."
            ) from error


async def _run_to_completion(work: Callable[[], None]) -> None:
    """Run `work` in a thread. A cancellation waits for its end: a thread cannot be stopped."""
    future = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        await asyncio.shield(future)
    except asyncio.CancelledError:
        await asyncio.wait({future})
        if not future.cancelled():
            future.exception()
        raise
