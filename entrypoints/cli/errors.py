"""Reports a failed command: one line on standard error, and exit status 1."""

import sys
from collections.abc import Callable

from adapters.embedded import EmbeddedPostgresError
from application.ports.unit_of_work import Unavailable
from domain.errors import DomainError
from entrypoints.cli.extras import missing_extra
from entrypoints.settings import SettingsError


class CommandError(Exception):
    """A command failed; the message is one line with the reason."""


_EXPECTED = (
    CommandError,
    DomainError,
    EmbeddedPostgresError,
    SettingsError,
    Unavailable,
)


def run_command(command: Callable[[], None]) -> int:
    """Run the command. Returns its exit status; prints an error as one line, not as a traceback."""
    try:
        command()
    except _EXPECTED as error:
        return _failed(f"cowork: {error}")
    except KeyboardInterrupt:
        return _failed("cowork: Interrupted.")
    except Exception as error:  # Operators get one line instead of a traceback.
        return _failed(
            _missing_extra(error) or f"cowork: Unexpected {type(error).__name__}: {error}"
        )
    return 0


def _missing_extra(error: Exception) -> str | None:
    if not isinstance(error, ModuleNotFoundError):
        return None
    return missing_extra(error, sys.argv[1:])


def _failed(message: str) -> int:
    sys.stderr.write(" ".join(message.split()) + "\n")
    return 1
