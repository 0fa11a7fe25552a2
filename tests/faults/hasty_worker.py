"""`cowork worker` that takes a silent worker for dead after seconds instead of a minute.

Run as `python -m tests.faults.hasty_worker`, set by the same variables as the real one.
"""

import sys
from datetime import timedelta

from application.jobs import run_jobs
from entrypoints.cli.main import main

run_jobs.TIME_LIMIT = timedelta(seconds=2)
run_jobs.LEASE = timedelta(seconds=4)
run_jobs.FIRST_PAUSE = timedelta(seconds=0.2)
run_jobs.LONGEST_PAUSE = timedelta(seconds=1)

if __name__ == "__main__":
    sys.argv = ["cowork", "worker"]
    main()
