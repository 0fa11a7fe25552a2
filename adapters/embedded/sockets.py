"""Where the server's socket is: in a directory that only its owner can enter."""

import hashlib
import os
import re
import stat
import tempfile
from pathlib import Path

from adapters.embedded.account import Account
from adapters.embedded.errors import EmbeddedPostgresError

PORT = 5432
"""Only part of the socket's name: the server listens on no network."""
SOCKET_NAME = f".s.PGSQL.{PORT}"

_LONGEST_SOCKET_PATH = 103
"""What fits into a `sockaddr_un` everywhere."""
_PLAIN = re.compile(r"[\w./@+-]+", re.ASCII)
"""Anything else means something in a list of directories, or in the address of a database."""


def socket_directory_for(data: Path) -> Path:
    """The data directory itself, or one with a short name, always the same for the same data."""
    if _fits(data):
        return data
    name = "cowork-" + hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    for parent in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108  # it is made private
        if _fits(parent / name):
            return parent / name
    raise EmbeddedPostgresError(f"The path of {data} is too long, and there is no shorter place.")


def make_private(directory: Path, account: Account) -> None:
    """Make the directory the account's own, and see to it that nobody else made it before."""
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    is_ours = found.st_uid in {account.uid, os.geteuid()} and not found.st_mode & 0o077
    if not stat.S_ISDIR(found.st_mode) or not is_ours:
        raise EmbeddedPostgresError(f"{directory} belongs to somebody else.")
    account.own(directory)


def _fits(directory: Path) -> bool:
    path = directory / SOCKET_NAME
    return _PLAIN.fullmatch(str(path)) is not None and len(str(path)) <= _LONGEST_SOCKET_PATH
