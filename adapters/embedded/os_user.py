"""OsUser: the operating system user that runs the server, because PostgreSQL refuses root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from adapters.embedded.errors import EmbeddedPostgresError

_UNPRIVILEGED_NAMES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class OsUser:
    """A user of the operating system."""

    uid: int
    gid: int

    @classmethod
    def for_server(cls, data: Path) -> Self:
        """Return the user that runs the server.

        That is the current user. For root it is the owner of the data directory, or an unprivileged
        user if root owns the directory or it does not exist. Raises EmbeddedPostgresError if the
        system has no unprivileged user.
        """
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        if data.exists() and data.stat().st_uid != 0:
            return cls(data.stat().st_uid, data.stat().st_gid)
        for name in _UNPRIVILEGED_NAMES:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            if entry.pw_uid != 0:
                return cls(entry.pw_uid, entry.pw_gid)
        raise EmbeddedPostgresError(
            "PostgreSQL does not run as root, and this system has no user postgres or nobody; "
            "start cowork as an ordinary user."
        )

    def take_ownership(self, path: Path) -> None:
        """Make this user the owner of a file or a directory tree, if the process runs as root."""
        if os.geteuid() != 0:
            return
        os.chown(path, self.uid, self.gid)
        for parent, directories, files in os.walk(path):
            for name in (*directories, *files):
                os.chown(Path(parent, name), self.uid, self.gid, follow_symlinks=False)

    def take_ownership_from_root(self, data: Path) -> None:
        """Take ownership of a data directory that root owns, for example one that root copied."""
        if data.stat().st_uid == 0:
            self.take_ownership(data)
