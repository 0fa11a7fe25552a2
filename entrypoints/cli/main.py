"""The `cowork` command as a process of its own.

Worker processes load this module too, and need nothing else of the command: so it loads little.
"""

import sys

from entrypoints.loading import loading


def main() -> None:
    """Run the command line and leave with its status."""
    loading()
    from entrypoints.cli.commands import app  # noqa: PLC0415 - see above
    from entrypoints.cli.failures import told_in_one_line  # noqa: PLC0415

    sys.exit(told_in_one_line(app))
