"""Account: as whom the server runs, which is not root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from adapters.embedded.errors import EmbeddedPostgresError

_WITHOUT_PRIVILEGES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the operating system."""

    uid: int
    gid: int

    @classmethod
    def for_server(cls, data: Path) -> Self:
        """Our own; as root, whom the data belong to, or else one without privileges."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        if data.exists() and data.stat().st_uid != 0:
            return cls(data.stat().st_uid, data.stat().st_gid)
        for name in _WITHOUT_PRIVILEGES:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            if entry.pw_uid != 0:
                return cls(entry.pw_uid, entry.pw_gid)
        raise EmbeddedPostgresError(
            "PostgreSQL does not run as root, and there is no account postgres or nobody; "
            "start cowork as an ordinary user."
        )

    def own(self, path: Path) -> None:
        """Make the file or directory, and what is in it, the account's; only root needs to."""
        if os.geteuid() != 0:
            return
        os.chown(path, self.uid, self.gid)
        for parent, directories, files in os.walk(path):
            for name in (*directories, *files):
                os.chown(Path(parent, name), self.uid, self.gid, follow_symlinks=False)

    def own_if_of_root(self, data: Path) -> None:
        """The same for data that root has copied here."""
        if data.stat().st_uid == 0:
            self.own(data)
