"""Commands in this process, which saves the time of a start."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from entrypoints.cli import commands
from entrypoints.cli.errors import run_reporting_errors

RunHere = Callable[..., int]


@pytest.fixture
def cowork_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunHere:
    """Runs a command, which would take most of its time to start; its status."""
    monkeypatch.chdir(tmp_path)
    # Logging is set for a whole process, which here is that of the tests.
    monkeypatch.setattr(commands, "configure_logging", lambda *_: None)

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["cowork", *arguments])
        with pytest.raises(SystemExit) as ended:
            sys.exit(run_reporting_errors(commands.app))
        assert isinstance(ended.value.code, int)
        return ended.value.code

    return run


@pytest.fixture
def house(data_directory: Path) -> Path:
    """Where a command finds a house with an embedded database that was made already."""
    return data_directory.parent


@pytest.fixture
def set_database(empty_database_18: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database is set for commands in this process; its address."""
    monkeypatch.setenv("DATABASE_URL", empty_database_18)
    return empty_database_18
