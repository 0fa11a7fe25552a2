"""The entry point of the `cowork` command.

It imports little: worker processes import this module too, and need nothing else of the command.
Without the extra `cli`, this module is all that can be imported.
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
            from entrypoints.cli.errors import run_command  # noqa: PLC0415
    except ModuleNotFoundError as error:
        message = missing_extra(error, sys.argv[1:])
        if message is None:
            raise
        sys.exit(message)
    sys.exit(run_command(app))


def print_version() -> None:
    """Print the installed version."""
    # Takes 20 ms to import, which worker processes do not need.
    from importlib.metadata import version  # noqa: PLC0415

    sys.stdout.write(f"cowork {version('cowork-api')}\n")
