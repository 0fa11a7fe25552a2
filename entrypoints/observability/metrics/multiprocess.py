"""Metrics of several processes: each writes its values to a file in a shared folder.

This module does not import prometheus_client, which looks for the folder when it is imported.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def multiprocess_metrics() -> Iterator[None]:
    """Share the metrics of this process and those that it starts, for the duration of the block.

    Uses the folder of the environment if it names one, otherwise a temporary one.
    """
    if FOLDER_VARIABLE in os.environ:
        yield
        return
    with TemporaryDirectory(prefix="cowork-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[FOLDER_VARIABLE] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER_VARIABLE]


def multiprocess_folder() -> Path | None:
    """Return the shared folder, or None if processes do not share their metrics."""
    folder = os.environ.get(FOLDER_VARIABLE)
    return Path(folder) if folder else None


def remove_gauges_of_ended_processes(folder: Path) -> None:
    """Delete the live gauges of processes that have ended. Their counters remain."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            # A concurrent scrape may delete it first.
            with suppress(FileNotFoundError):
                file.unlink()
        except PermissionError:
            # The process exists and belongs to another user.
            continue
