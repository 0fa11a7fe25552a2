"""FileLock: a lock between processes that goes with the process, however that ends."""

import fcntl
import os
import time
from pathlib import Path
from weakref import WeakSet

_PAUSE_SECONDS = 0.02


class FileLock:
    """A lock on a file, held by one exclusively or by many together.

    The kernel lets go of it when the process dies, `kill -9` included. A forked child does not hold
    what its parent holds.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether it is held through this object."""
        return self._descriptor is not None

    def acquire(self, *, shared: bool, wait_seconds: float) -> bool:
        """Take it, if it can be had within that time; says whether. Raises OSError.

        Not while it is held through this object.
        """
        descriptor = _open(self._path)
        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        end = time.monotonic() + wait_seconds
        while not _locked(descriptor, mode):
            if time.monotonic() >= end:
                os.close(descriptor)
                return False
            time.sleep(_PAUSE_SECONDS)
        self._descriptor = descriptor
        _held.add(self)
        return True

    def release(self) -> None:
        """Let go of it, if it is held."""
        descriptor, self._descriptor = self._descriptor, None
        _held.discard(self)
        if descriptor is not None:
            # Closing alone would leave the lock to a child that was forked a moment ago.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)

    def forget(self) -> None:
        """In a forked child: let go of it without taking it from the parent."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


_held: WeakSet[FileLock] = WeakSet()


def _open(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if os.geteuid() == 0:
        # Whom the directory belongs to can go on with it when root has been here.
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def _locked(descriptor: int, mode: int) -> bool:
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _forget_all() -> None:
    for lock in list(_held):
        lock.forget()
    _held.clear()


os.register_at_fork(after_in_child=_forget_all)
