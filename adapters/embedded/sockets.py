"""The directory of the server's Unix socket, which only its owner can enter."""

import hashlib
import os
import re
import stat
import tempfile
from pathlib import Path

from adapters.embedded.errors import EmbeddedPostgresError
from adapters.embedded.os_user import OsUser

PORT = 5432
"""Only a part of the socket's name: the server does not listen on the network."""
SOCKET_NAME = f".s.PGSQL.{PORT}"

_MAX_SOCKET_PATH = 103
"""What fits into a `sockaddr_un` on every platform."""
_SAFE_PATH = re.compile(r"[\w./@+-]+", re.ASCII)
"""Other characters have a meaning in a list of directories or in a database URL."""


def socket_directory_for(data: Path) -> Path:
    """Return the data directory, or one with a short name derived from it if that is too long."""
    if _is_usable(data):
        return data
    name = "cowork-" + hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    for parent in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108  # it is made private
        if _is_usable(parent / name):
            return parent / name
    raise EmbeddedPostgresError(
        f"The path {data} is too long for a socket, and there is no shorter directory for it."
    )


def ensure_private(directory: Path, user: OsUser) -> None:
    """Create the directory for `user`. Raises EmbeddedPostgresError if another user owns it."""
    directory.mkdir(mode=0o700, exist_ok=True)
    status = directory.lstat()
    is_private = status.st_uid in {user.uid, os.geteuid()} and not status.st_mode & 0o077
    if not stat.S_ISDIR(status.st_mode) or not is_private:
        raise EmbeddedPostgresError(f"{directory} belongs to another user.")
    user.take_ownership(directory)


def _is_usable(directory: Path) -> bool:
    path = directory / SOCKET_NAME
    return _SAFE_PATH.fullmatch(str(path)) is not None and len(str(path)) <= _MAX_SOCKET_PATH
