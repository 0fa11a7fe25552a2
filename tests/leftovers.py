"""Stops the server in a directory when the test process that used it has died.

    python -m tests.leftovers DIRECTORY

Standard input stays open as long as the test process lives.
"""

import sys
from pathlib import Path

from adapters.embedded import EmbeddedPostgres


def main(directory: Path) -> None:
    sys.stdin.buffer.read()
    if directory.exists():
        EmbeddedPostgres(directory, is_temporary=True).stop_unless_used()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
