"""FileLock: a lock between processes that the kernel releases when its process ends."""

import fcntl
import os
import time
from pathlib import Path
from weakref import WeakSet

_POLL_SECONDS = 0.02


class FileLock:
    """A lock on a file, either exclusive or shared.

    The kernel releases it when the process dies, also by `kill -9`. A forked child does not hold
    the locks of its parent.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def acquire(self, *, shared: bool, timeout_seconds: float) -> bool:
        """Acquire the lock. Returns False if that takes longer than the timeout.

        Must not be called while this object holds the lock. Raises OSError.
        """
        descriptor = _open(self._path)
        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        deadline = time.monotonic() + timeout_seconds
        while not _try_lock(descriptor, mode):
            if time.monotonic() >= deadline:
                os.close(descriptor)
                return False
            time.sleep(_POLL_SECONDS)
        self._descriptor = descriptor
        _held.add(self)
        return True

    def release(self) -> None:
        """Release the lock if it is held."""
        descriptor, self._descriptor = self._descriptor, None
        _held.discard(self)
        if descriptor is not None:
            # Closing alone would leave the lock with a child that was forked a moment ago.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)

    def close_in_child(self) -> None:
        """In a forked child: give up the lock without releasing it for the parent."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


_held: WeakSet[FileLock] = WeakSet()


def _open(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if os.geteuid() == 0:
        # The owner of the directory can still use it after root has.
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def _try_lock(descriptor: int, mode: int) -> bool:
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _close_all_in_child() -> None:
    for lock in list(_held):
        lock.close_in_child()
    _held.clear()


os.register_at_fork(after_in_child=_close_all_in_child)
