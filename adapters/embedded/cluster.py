"""Cluster: a data directory and its server. It does not track who uses the server.

Nothing here is safe to call concurrently: the caller holds a lock.
"""

import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from adapters.embedded.errors import EmbeddedPostgresError
from adapters.embedded.installation import Installation, error_line
from adapters.embedded.os_user import OsUser
from adapters.embedded.postmaster import Postmaster, remove_stale_lock_files
from adapters.embedded.sockets import PORT, SOCKET_NAME, ensure_private, socket_directory_for

OWNER = DATABASE = "cowork"
MAX_LOG_BYTES = 8 * 1024 * 1024
_START_TIMEOUT_SECONDS = 60
_STOP_TIMEOUT_SECONDS = 30
_POLL_SECONDS = 0.02
_FIRST_VERSION_WITH_BUILTIN_LOCALES = 17
_STILL_IN_USE = "pre-existing shared memory block"

_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    # Failed statements are not logged here: they can contain personal data, and the service logs
    # its own errors.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
}


class Cluster:
    """The cluster below `directory`, initialized on the first start."""

    def __init__(
        self, directory: Path, installation: Installation, settings: Mapping[str, str]
    ) -> None:
        self._data = directory / "postgres"
        self._log = directory / "postgres.log"
        self._installation = installation
        self._settings = _SETTINGS | dict(settings)
        self._sockets: Path | None = None

    @property
    def socket_directory(self) -> Path:
        """The directory of the server's socket. Raises EmbeddedPostgresError before a start."""
        if self._sockets is None:
            raise EmbeddedPostgresError("The embedded PostgreSQL has not been started.")
        return self._sockets

    def is_running(self) -> bool:
        """Whether a server process runs, ready or not."""
        return Postmaster.find(self._data) is not None

    def start(self) -> None:
        """Start the server unless it runs, and wait until it is ready.

        Raises EmbeddedPostgresError and OSError.
        """
        user = OsUser.for_server(self._data)
        deadline = time.monotonic() + _START_TIMEOUT_SECONDS
        self.rotate_log()
        log_offset = self._log_size()
        pid: int | None = None
        while not self._is_ready():
            if time.monotonic() >= deadline:
                raise EmbeddedPostgresError(f"PostgreSQL did not start in time; see {self._log}")
            if pid is None and not self.is_running():
                self._initialize(user)
                log_offset = self._log_size()
                pid = self._launch(user)
            elif pid is not None and not _is_alive(pid):
                pid = None
                self._raise_unless_transient(log_offset)
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """Stop the server if it runs, and end its connections."""
        postmaster = Postmaster.find(self._data)
        if postmaster is None:
            return
        if not postmaster.stop(timeout_seconds=_STOP_TIMEOUT_SECONDS):
            postmaster.stop(timeout_seconds=_STOP_TIMEOUT_SECONDS, immediate=True)
        if self._sockets is not None and self._sockets != self._data:
            with suppress(OSError):
                self._sockets.rmdir()

    def remove(self) -> None:
        """Delete the data and the log."""
        shutil.rmtree(self._data, ignore_errors=True)
        self._log.unlink(missing_ok=True)

    def rotate_log(self) -> None:
        """Move a log of more than MAX_LOG_BYTES to `postgres.log.1`, replacing the previous one."""
        if self._log_size() > MAX_LOG_BYTES:
            shutil.copyfile(self._log, self._log.with_suffix(".log.1"))
            os.truncate(self._log, 0)

    def _log_size(self) -> int:
        return self._log.stat().st_size if self._log.exists() else 0

    def _is_ready(self) -> bool:
        postmaster = Postmaster.find(self._data)
        if postmaster is None or not postmaster.is_ready or postmaster.socket_directory is None:
            return False
        self._sockets = postmaster.socket_directory
        return True

    def _initialize(self, user: OsUser) -> None:
        """Create the data directory atomically, unless it exists."""
        major = self._installation.major_version()
        if self._data.exists():
            self._check_version(major)
            user.take_ownership_from_root(self._data)
            return
        unfinished = self._data.with_suffix(".unfinished")
        if unfinished.exists():
            shutil.rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        user.take_ownership(unfinished)
        self._installation.run(
            ["initdb", "-D", str(unfinished), *self._initdb_options(major)], user
        )
        self._installation.run(
            ["postgres", "--single", "-D", str(unfinished), "template1"],
            user,
            stdin=f"CREATE DATABASE {DATABASE};\n",
        )
        unfinished.rename(self._data)

    def _initdb_options(self, major: int) -> list[str]:
        options = [f"--username={OWNER}", "--encoding=UTF8", "--locale=C", "--data-checksums"]
        options += ["--auth-local=trust", "--auth-host=reject"]
        if major >= _FIRST_VERSION_WITH_BUILTIN_LOCALES:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if self._settings.get("fsync") == "off":
            options.append("--no-sync")
        return options

    def _check_version(self, major: int) -> None:
        version_file = self._data / "PG_VERSION"
        if not version_file.exists():
            raise EmbeddedPostgresError(
                f"{self._data} exists, but it is not a PostgreSQL data directory."
            )
        version = version_file.read_text().strip()
        if version != str(major):
            raise EmbeddedPostgresError(
                f"{self._data} was created by PostgreSQL {version}, but this is PostgreSQL "
                f"{major}: migrate it with pg_dump, or choose another data directory."
            )

    def _launch(self, user: OsUser) -> int:
        sockets = self._sockets or socket_directory_for(self._data)
        if sockets != self._data:
            ensure_private(sockets, user)
        remove_stale_lock_files(self._data, sockets / SOCKET_NAME)
        settings = self._settings | {"unix_socket_directories": str(sockets)}
        command = ["postgres", "-D", str(self._data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return self._installation.start(command, user, self._log)

    def _raise_unless_transient(self, log_offset: int) -> None:
        """Raise EmbeddedPostgresError, unless processes of a killed server are about to end."""
        with self._log.open(errors="replace") as log:
            log.seek(log_offset)
            output = log.read()
        if _STILL_IN_USE not in output:
            reason = error_line(output) or f"see {self._log}"
            raise EmbeddedPostgresError(f"PostgreSQL did not start: {reason}")


def _is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
