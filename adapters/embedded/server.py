"""EmbeddedPostgres: the server of a data directory, for as long as anybody uses it."""

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
_CHECK_SECONDS = 1
_LONGEST_WAIT_FOR_TURN_SECONDS = 120
"""Longer than it takes another one to start or stop the server."""


class EmbeddedPostgres:
    """A claim on the PostgreSQL below a directory, to be entered once.

    The first who comes makes the data and starts the server, the last who goes stops it, and in
    between any number of processes share it. Who dies has gone: the server is then left running
    and taken over by the next. Only this process has the claim, not those that it starts.
    """

    def __init__(
        self,
        directory: Path,
        *,
        installation: Installation | None = None,
        settings: Mapping[str, str] | None = None,
        is_temporary: bool = False,
    ) -> None:
        """Do nothing yet. Raises EmbeddedPostgresError when there are no programs.

        `settings` are PostgreSQL's, over our own; of a temporary one the last who goes removes the
        data too.
        """
        self._directory = directory.resolve()
        self._is_temporary = is_temporary
        programs = installation or Installation.of_package()
        self._cluster = Cluster(self._directory, programs, settings or {})
        self._users = FileLock(self._directory / "postgres.users")
        self._one_thread = Lock()

    @property
    def dsn(self) -> str:
        """The address of its database, for asyncpg and SQLAlchemy; a restart does not change it."""
        return f"postgresql://{OWNER}@/{DATABASE}?host={self._cluster.socket_directory}&port={PORT}"

    async def __aenter__(self) -> Self:
        try:
            await _to_its_end(self.start)
        except asyncio.CancelledError:
            await _to_its_end(self.stop)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await _to_its_end(self.stop)

    async def keep_running(self) -> None:
        """Start the server again whenever it has died, until cancelled."""
        while True:
            await asyncio.sleep(_CHECK_SECONDS)
            try:
                await _to_its_end(self.start_again_if_dead)
            except EmbeddedPostgresError as error:
                _log.error("The embedded PostgreSQL died and cannot be started: %s", error)

    def start(self) -> None:
        """Claim the server and see to it that it runs. Raises EmbeddedPostgresError."""
        with self._turn():
            if not self._users.is_held:
                self._users.acquire(shared=True, wait_seconds=_LONGEST_WAIT_FOR_TURN_SECONDS)
            try:
                self._cluster.start()
            except BaseException:
                self._users.release()
                raise

    def stop(self) -> None:
        """Give up the claim; stops the server when nobody else has one."""
        if not self._users.is_held:
            return
        with self._turn():
            self._users.release()
            self._stop_unless_used()

    def start_again_if_dead(self) -> None:
        """Start the server again if it has died meanwhile. Raises EmbeddedPostgresError."""
        if self._cluster.is_running():
            self._cluster.keep_log_small()
            return
        with self._turn():
            if self._users.is_held and not self._cluster.is_running():
                _log.warning("The embedded PostgreSQL has died; it is started again.")
                self._cluster.start()

    def stop_unless_used(self) -> None:
        """Stop a server that those who used it have left running by dying."""
        with self._turn():
            self._stop_unless_used()

    def _stop_unless_used(self) -> None:
        everybody = FileLock(self._directory / "postgres.users")
        if not everybody.acquire(shared=False, wait_seconds=0):
            return
        try:
            self._cluster.stop()
            if self._is_temporary:
                self._cluster.remove()
        finally:
            everybody.release()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Alone to start or stop the server; what the system refuses is said in one line."""
        turn = FileLock(self._directory / "postgres.turn")
        try:
            with self._one_thread:
                self._directory.mkdir(mode=0o711, parents=True, exist_ok=True)
                if not turn.acquire(shared=False, wait_seconds=_LONGEST_WAIT_FOR_TURN_SECONDS):
                    raise EmbeddedPostgresError(f"{self._directory} is in use; try again later.")
                try:
                    yield
                finally:
                    turn.release()
        except OSError as error:
            where = error.filename or self._directory
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL cannot be kept in {self._directory}: "
                f"{error.strerror} ({where})."
            ) from error


async def _to_its_end(work: Callable[[], None]) -> None:
    """Do it in a thread; when cancelled, not before it is done, for a thread cannot be stopped."""
    done = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        await asyncio.shield(done)
    except asyncio.CancelledError:
        await asyncio.wait({done})
        if not done.cancelled():
            done.exception()
        raise
