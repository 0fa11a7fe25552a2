"""Run tests as if it were another day.

    python -m tests.clocks 2028-02-29T23:57Z [ARGUMENT OF PYTEST …]

An instant without an offset is in UTC. Without arguments the whole suite runs.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.clocks.shifted_clock import obstacle, run_tests_at


def main(instant: str, *arguments: str) -> int:
    reason = obstacle()
    if reason is not None:
        sys.exit(reason)
    parsed = datetime.fromisoformat(instant)
    with TemporaryDirectory() as directory:
        aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        return run_tests_at(aware, Path(directory), arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
