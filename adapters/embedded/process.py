"""Starts a program of PostgreSQL. Runs as a script, in its own process.

    process.py UID GID LOG PROGRAM [ARGUMENT …]

As root, it changes to that user, because PostgreSQL refuses to run as root. With a LOG file, it
starts the program in the background, detached from the terminal and its Ctrl-C, and prints the
process id. With "-", this process becomes the program. It imports the standard library only, so
that Python can start in isolated mode without site-packages.
"""

import ctypes
import os
import struct
import sys

_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP = 28, 1 << 2
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 47, 2
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE = 1


def main(uid: int, gid: int, log: str, command: list[str]) -> None:
    """Run the program. Does not return."""
    if log != "-":
        descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        _detach(descriptor)
    if os.geteuid() == 0:
        _drop_privileges(uid, gid)
    os.execv(command[0], command)  # noqa: S606  # no shell is needed


def _detach(log: int) -> None:
    child = os.fork()
    if child:
        os.write(1, str(child).encode())
        os._exit(0)
    os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)


def _drop_privileges(uid: int, gid: int) -> None:
    """Change to that user, keeping only the capability to reach files in private directories.

    The data directory or the virtual environment may be below /root, which other users cannot
    enter. Opening /root to everyone would be worse than granting this process the capability.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    on_linux = sys.platform == "linux"
    keeps_capabilities = (
        on_linux and libc.prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0) == 0
    )
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if keeps_capabilities:
        mask = 1 << _CAP_DAC_OVERRIDE
        header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
        # Effective, permitted and inheritable sets: first the lower halves, then the upper ones.
        if libc.capset(header, struct.pack("6I", mask, mask, mask, 0, 0, 0)) != 0:
            libc.capset(header, struct.pack("6I", 0, 0, 0, 0, 0, 0))
            return
        libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
