"""`cowork worker` with job leases of seconds instead of a minute.

It is configured by the same variables as the real one, and forked from a process that has already
imported it, because importing takes most of the startup time.
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


def work(variables: Mapping[str, str], output: Connection) -> None:
    """Run `cowork worker`, with its standard output sent to `output`."""
    # Already imported in the fork server.
    from application.jobs import run_jobs  # noqa: PLC0415
    from entrypoints.cli.main import main  # noqa: PLC0415

    run_jobs.TIME_LIMIT = timedelta(seconds=2)
    run_jobs.LEASE = timedelta(seconds=4)
    run_jobs.FIRST_DELAY = timedelta(seconds=0.2)
    run_jobs.MAX_DELAY = timedelta(seconds=1)
    os.environ.clear()
    os.environ |= clean_environment(**variables)
    sys.argv = ["cowork", "worker"]
    with os.fdopen(output.fileno(), "w", closefd=False) as sys.stdout:
        main()


def start_worker(variables: Mapping[str, str]) -> BaseProcess:
    """Start a worker. Returns it once it has connected to the database."""
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["entrypoints.cli.commands", "entrypoints.cli.worker"])
    reader, writer = forks.Pipe(duplex=False)
    worker = forks.Process(target=work, args=(dict(variables), writer))
    worker.start()
    writer.close()
    with reader, io.FileIO(reader.fileno(), closefd=False) as lines:
        assert reader.poll(START_SECONDS)
        assert lines.readline() == b"The background worker is running.\n"
    return worker
