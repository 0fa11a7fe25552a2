"""Stops the server in a directory when the test process that used it has died.

    python -m tests.leftovers DIRECTORY

Standard input stays open as long as the test process lives, which says a word there when it has
left the server itself.
"""

import sys
from pathlib import Path


def main(directory: Path) -> None:
    if sys.stdin.buffer.read() or not directory.exists():
        return
    # To load it is most of the work, and hardly ever needed.
    from adapters.embedded import EmbeddedPostgres  # noqa: PLC0415

    EmbeddedPostgres(directory, is_temporary=True).stop_if_unused()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
