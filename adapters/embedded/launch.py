"""Starts a program of PostgreSQL; run as a script, in a process of its own.

    launch.py UID GID LOG PROGRAM [ARGUMENT …]

As root the program runs as that account, for PostgreSQL refuses root. With a LOG, the program goes
on alone, out of reach of the terminal's Ctrl-C, and its process id is printed; with "-", this
process becomes the program. Standard library only, so that Python need not read anything else.
"""

import ctypes
import os
import struct
import sys

_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP = 28, 1 << 2
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 47, 2
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE = 1


def main(uid: int, gid: int, log: str, program: list[str]) -> None:
    """Run the program; does not come back."""
    if log != "-":
        descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        _go_on_alone(descriptor)
    if os.geteuid() == 0:
        _become(uid, gid)
    os.execv(program[0], program)  # noqa: S606  # a shell is what this does without


def _go_on_alone(log: int) -> None:
    child = os.fork()
    if child:
        os.write(1, str(child).encode())
        os._exit(0)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)


def _become(uid: int, gid: int) -> None:
    """Change to the account, keeping nothing of root but the way to files in private directories.

    The data directory or the virtual environment may be below /root, where nobody else can go;
    opening that to all the world would be worse than to let this one process in.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    on_linux = sys.platform == "linux"
    keeps = on_linux and libc.prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0) == 0
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if keeps:
        mask = 1 << _CAP_DAC_OVERRIDE
        header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
        # Effective, permitted and inheritable, the lower halves and then the upper ones.
        if libc.capset(header, struct.pack("6I", mask, mask, mask, 0, 0, 0)) != 0:
            libc.capset(header, struct.pack("6I", 0, 0, 0, 0, 0, 0))
            return
        libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
