"""Numbers of several processes in one: a folder in which each keeps its own.

This module does not import prometheus_client, which looks for the folder when it is imported.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def shared_by_processes() -> Iterator[None]:
    """Have this process and those that it starts share their numbers while the block lasts."""
    if FOLDER_VARIABLE in os.environ:
        yield
        return
    with TemporaryDirectory(prefix="cowork-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[FOLDER_VARIABLE] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER_VARIABLE]


def shared_folder() -> Path | None:
    """Where they are, if processes share them."""
    folder = os.environ.get(FOLDER_VARIABLE)
    return Path(folder) if folder else None


def forget_the_dead(folder: Path) -> None:
    """Drop what processes that are no more said of their present state; what they counted stays."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            # Two scrapes at once may both see it.
            with suppress(FileNotFoundError):
                file.unlink()
        except PermissionError:
            continue
