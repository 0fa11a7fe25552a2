"""The `cowork` command as a process of its own.

Worker processes import this module too and need nothing else of the command, so it imports little.
It is also all that runs when the extra `cli` is not installed.
"""

import sys

from entrypoints.cli.extras import missing_extra
from entrypoints.garbage_collection import gc_paused


def main() -> None:
    """Run the command line and exit with its status."""
    if sys.argv[1:] == ["--version"]:
        print_version()
        return
    try:
        with gc_paused():
            from entrypoints.cli.commands import app  # noqa: PLC0415 - see above
            from entrypoints.cli.errors import run_reporting_errors  # noqa: PLC0415
    except ModuleNotFoundError as error:
        line = missing_extra(error, sys.argv[1:])
        if line is None:
            raise
        sys.exit(line)
    sys.exit(run_reporting_errors(app))


def print_version() -> None:
    """Print the installed version."""
    # Takes 20 ms to import, which worker processes do not need.
    from importlib.metadata import version  # noqa: PLC0415

    sys.stdout.write(f"cowork {version('cowork-api')}\n")
