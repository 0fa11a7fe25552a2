"""Stops the PostgreSQL server in a directory when the test process that used it has died.

    python -m tests.postgres_reaper DIRECTORY

Standard input stays open while the test process lives. The process writes to it when it has left
the server in order.
"""

import sys
from pathlib import Path


def main(directory: Path) -> None:
    if sys.stdin.buffer.read() or not directory.exists():
        return
    # Importing it takes most of the time, and is rarely needed.
    from adapters.embedded import EmbeddedPostgres  # noqa: PLC0415

    EmbeddedPostgres(directory, is_temporary=True).stop_if_unused()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
