"""Reports the failure of a command: one line on standard error and exit status 1."""

import sys
from collections.abc import Callable

from adapters.embedded import EmbeddedPostgresError
from application.ports.unit_of_work import Unavailable
from domain.errors import DomainError
from entrypoints.cli.extras import missing_extra
from entrypoints.settings import SettingsError


class CommandError(Exception):
    """A command failed; the message is one line that says why."""


_UNDERSTOOD = (
    CommandError,
    DomainError,
    EmbeddedPostgresError,
    SettingsError,
    Unavailable,
)


def run_reporting_errors(command: Callable[[], None]) -> int:
    """Run the command and return its exit status; an error is one line, never a traceback."""
    try:
        command()
    except _UNDERSTOOD as error:
        return _failed(f"cowork: {error}")
    except KeyboardInterrupt:
        return _failed("cowork: Interrupted.")
    except Exception as error:  # An operator is never shown a traceback.
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
