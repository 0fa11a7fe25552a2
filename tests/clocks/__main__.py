"""Run tests as if it were another day.

    python -m tests.clocks 2028-02-29T23:57Z [ARGUMENT OF PYTEST …]

Without arguments the whole suite runs.
"""

import sys
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.clocks.shifted_clock import obstacle, run_tests_at


def main(instant: str, *arguments: str) -> int:
    reason = obstacle()
    if reason is not None:
        sys.exit(reason)
    with TemporaryDirectory() as directory:
        return run_tests_at(datetime.fromisoformat(instant), Path(directory), arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
