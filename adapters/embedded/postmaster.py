"""Postmaster: the running server process of a data directory."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

_POLL_SECONDS = 0.02
_READY = "ready"
_PID_FILE = "postmaster.pid"
_SOCKET_DIRECTORY_LINE, _STATUS_LINE = 4, 7


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A server process, as described by its pid file."""

    pid: int
    data: Path
    socket_directory: Path | None
    is_ready: bool

    @classmethod
    def find(cls, data: Path) -> Self | None:
        """Return the server that runs on this data directory, or None."""
        try:
            lines = (data / _PID_FILE).read_text(errors="replace").splitlines()
            pid = int(lines[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        if not _is_server_of(pid, data):
            return None
        lines += [""] * (_STATUS_LINE + 1 - len(lines))
        directory = lines[_SOCKET_DIRECTORY_LINE]
        return cls(
            pid=pid,
            data=data,
            socket_directory=Path(directory) if directory else None,
            is_ready=lines[_STATUS_LINE].strip() == _READY,
        )

    def stop(self, *, timeout_seconds: float, immediate: bool = False) -> bool:
        """Stop the server and end its connections. Returns whether it ended within the timeout.

        `immediate` is PostgreSQL's immediate shutdown: there is no last checkpoint, and the next
        start replays the write-ahead log. Otherwise it is the fast shutdown.
        """
        try:
            os.kill(self.pid, signal.SIGQUIT if immediate else signal.SIGINT)
        except ProcessLookupError:
            return True
        deadline = time.monotonic() + timeout_seconds
        while _is_server_of(self.pid, self.data):
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True


def remove_stale_lock_files(data: Path, socket: Path) -> None:
    """Remove the lock files of a dead server whose process id now belongs to another process.

    PostgreSQL would take that process for the server and refuse to start. After a power cut, or in
    a new container, it is often one of the service's own. Must be called only while no server runs.
    """
    for path in (data / _PID_FILE, socket.with_name(socket.name + ".lock")):
        try:
            pid = abs(int(path.read_text(errors="replace").split("\n", 1)[0]))
        except FileNotFoundError:
            continue
        except ValueError:
            path.unlink()
            continue
        if psutil.pid_exists(pid):
            path.unlink()


def _is_server_of(pid: int, data: Path) -> bool:
    try:
        command = psutil.Process(pid).cmdline()
    except psutil.Error:
        return False
    return bool(command) and Path(command[0]).name == "postgres" and str(data) in command
