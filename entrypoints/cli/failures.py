"""What a command may fail with, and how it says so: one line, and the status 1."""

import sys
from collections.abc import Callable

from adapters.embedded import EmbeddedPostgresError
from application.ports.unit_of_work import Unavailable
from domain.errors import DomainError
from entrypoints.settings import SettingsError


class CommandError(Exception):
    """A command cannot do its job; the message says why, in one line."""


_UNDERSTOOD = (
    CommandError,
    DomainError,
    EmbeddedPostgresError,
    SettingsError,
    Unavailable,
)


def told_in_one_line(command: Callable[[], None]) -> int:
    """Run the command; the exit status. Nobody is shown a traceback."""
    try:
        command()
    except _UNDERSTOOD as error:
        return _tell(str(error))
    except KeyboardInterrupt:
        return _tell("Interrupted.")
    except Exception as error:  # The last resort of a program for people.
        return _tell(f"Unexpected {type(error).__name__}: {error}")
    return 0


def _tell(message: str) -> int:
    line = " ".join(message.split())
    sys.stderr.write(f"cowork: {line}\n")
    return 1
