"""`cowork worker` that takes a silent worker for dead after seconds instead of a minute.

It is set by the same variables as the real one, and forked from a process that has loaded it,
which takes most of the time of a start.
"""

import io
import multiprocessing
import os
import sys
from collections.abc import Mapping
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from tests.processes import START_SECONDS, clean_environment


def work(variables: Mapping[str, str], told: Connection) -> None:
    """Do what `cowork worker` does, whose first word is passed on."""
    # They are there already in the process that this one was forked from.
    from application.jobs import run_jobs  # noqa: PLC0415
    from entrypoints.cli.main import main  # noqa: PLC0415

    run_jobs.TIME_LIMIT = timedelta(seconds=2)
    run_jobs.LEASE = timedelta(seconds=4)
    run_jobs.FIRST_PAUSE = timedelta(seconds=0.2)
    run_jobs.LONGEST_PAUSE = timedelta(seconds=1)
    os.environ.clear()
    os.environ |= clean_environment(**variables)
    sys.argv = ["cowork", "worker"]
    with os.fdopen(told.fileno(), "w", closefd=False) as sys.stdout:
        main()


def start_worker(variables: Mapping[str, str]) -> BaseProcess:
    """One more, which has found the database."""
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["entrypoints.cli.commands", "entrypoints.cli.worker"])
    heard, told = forks.Pipe(duplex=False)
    worker = forks.Process(target=work, args=(dict(variables), told))
    worker.start()
    told.close()
    with heard, io.FileIO(heard.fileno(), closefd=False) as words:
        assert heard.poll(START_SECONDS)
        assert words.readline() == b"The background worker runs.\n"
    return worker
