"""Cluster: one data directory, and the server on it. Knows nothing of who uses it.

None of this may be done by two at once: the caller holds a lock.
"""

import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from adapters.embedded.account import Account
from adapters.embedded.errors import EmbeddedPostgresError
from adapters.embedded.installation import Installation, telling_line
from adapters.embedded.postmaster import Postmaster, remove_misleading_lock_files
from adapters.embedded.sockets import PORT, SOCKET_NAME, make_private, socket_directory_for

OWNER = DATABASE = "cowork"
LARGEST_LOG_BYTES = 8 * 1024 * 1024
_LONGEST_START_SECONDS = 60
_LONGEST_STOP_SECONDS = 30
_PAUSE_SECONDS = 0.02
_FIRST_WITH_OWN_LOCALES = 17
_STILL_IN_USE = "pre-existing shared memory block"

_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    # What our statements fail with is in our own log, and with whose data is nobody's business.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
}


class Cluster:
    """The data below `directory`, made when it is first needed."""

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
        """Where the socket of the server is, once it was started."""
        if self._sockets is None:
            raise EmbeddedPostgresError("The embedded PostgreSQL has not been started.")
        return self._sockets

    def is_running(self) -> bool:
        """Whether there is a server, ready or not."""
        return Postmaster.of(self._data) is not None

    def start(self) -> None:
        """See to it that the server runs and answers. Raises EmbeddedPostgresError, OSError."""
        account = Account.for_server(self._data)
        end = time.monotonic() + _LONGEST_START_SECONDS
        self.keep_log_small()
        log_start = self._log.stat().st_size if self._log.exists() else 0
        pid: int | None = None
        while not self._is_ready():
            if time.monotonic() >= end:
                raise EmbeddedPostgresError(f"PostgreSQL takes too long to start; see {self._log}")
            if pid is None and not self.is_running():
                self._make_data(account)
                log_start = self._log.stat().st_size if self._log.exists() else 0
                pid = self._launch(account)
            elif pid is not None and not _is_alive(pid):
                pid = None
                self._refuse_unless_passing(log_start)
            time.sleep(_PAUSE_SECONDS)

    def stop(self) -> None:
        """Stop the server, if it runs; ends the connections that there are."""
        postmaster = Postmaster.of(self._data)
        if postmaster is None:
            return
        if not postmaster.stop(within_seconds=_LONGEST_STOP_SECONDS):
            postmaster.stop(within_seconds=_LONGEST_STOP_SECONDS, abruptly=True)
        if self._sockets is not None and self._sockets != self._data:
            with suppress(OSError):
                self._sockets.rmdir()

    def remove(self) -> None:
        """Remove the data for good."""
        shutil.rmtree(self._data, ignore_errors=True)
        self._log.unlink(missing_ok=True)

    def keep_log_small(self) -> None:
        """Set the log aside when it has become large; of those, the last one is kept."""
        if self._log.exists() and self._log.stat().st_size > LARGEST_LOG_BYTES:
            shutil.copyfile(self._log, self._log.with_suffix(".log.1"))
            os.truncate(self._log, 0)

    def _is_ready(self) -> bool:
        postmaster = Postmaster.of(self._data)
        if postmaster is None or not postmaster.is_ready or postmaster.socket_directory is None:
            return False
        self._sockets = postmaster.socket_directory
        return True

    def _make_data(self, account: Account) -> None:
        """Make the data directory, completely or not at all, unless it is there."""
        major = self._installation.major_version()
        if self._data.exists():
            self._refuse_other_version(major)
            account.own_if_of_root(self._data)
            return
        unfinished = self._data.with_suffix(".unfinished")
        if unfinished.exists():
            shutil.rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        account.own(unfinished)
        self._installation.run(
            ["initdb", "-D", str(unfinished), *self._initdb_options(major)], account
        )
        self._installation.run(
            ["postgres", "--single", "-D", str(unfinished), "template1"],
            account,
            stdin=f"CREATE DATABASE {DATABASE};\n",
        )
        unfinished.rename(self._data)

    def _initdb_options(self, major: int) -> list[str]:
        options = [f"--username={OWNER}", "--encoding=UTF8", "--locale=C", "--data-checksums"]
        options += ["--auth-local=trust", "--auth-host=reject"]
        if major >= _FIRST_WITH_OWN_LOCALES:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if self._settings.get("fsync") == "off":
            options.append("--no-sync")
        return options

    def _refuse_other_version(self, major: int) -> None:
        version_file = self._data / "PG_VERSION"
        if not version_file.exists():
            raise EmbeddedPostgresError(f"{self._data} is there, but holds no PostgreSQL data.")
        version = version_file.read_text().strip()
        if version != str(major):
            raise EmbeddedPostgresError(
                f"{self._data} was made by PostgreSQL {version}, and this is {major}: "
                f"move it with pg_dump, or choose another data directory."
            )

    def _launch(self, account: Account) -> int:
        sockets = self._sockets or socket_directory_for(self._data)
        if sockets != self._data:
            make_private(sockets, account)
        remove_misleading_lock_files(self._data, sockets / SOCKET_NAME)
        settings = self._settings | {"unix_socket_directories": str(sockets)}
        command = ["postgres", "-D", str(self._data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return self._installation.start(command, account, self._log)

    def _refuse_unless_passing(self, log_start: int) -> None:
        """Processes of a server that was killed need a moment to notice; all else is for good."""
        with self._log.open(errors="replace") as log:
            log.seek(log_start)
            output = log.read()
        if _STILL_IN_USE not in output:
            reason = telling_line(output) or f"see {self._log}"
            raise EmbeddedPostgresError(f"PostgreSQL did not start: {reason}")


def _is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
