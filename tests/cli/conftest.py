"""Fixtures that run commands in this process, which saves their start-up time."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from entrypoints.cli import commands
from entrypoints.cli.errors import run_command

RunHere = Callable[..., int]


@pytest.fixture
def cowork_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunHere:
    """Run a command in this process. Returns its exit status."""
    monkeypatch.chdir(tmp_path)
    # Logging is configured per process, which here is the test process.
    monkeypatch.setattr(commands, "configure_logging", lambda *_: None)

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["cowork", *arguments])
        with pytest.raises(SystemExit) as ended:
            sys.exit(run_command(commands.app))
        assert isinstance(ended.value.code, int)
        return ended.value.code

    return run


@pytest.fixture
def house(data_directory: Path) -> Path:
    """A data directory with an embedded database at head, where commands find it."""
    return data_directory.parent


@pytest.fixture
def set_database(empty_database_18: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Configure an empty database for commands in this process. Returns its DSN."""
    monkeypatch.setenv("DATABASE_URL", empty_database_18)
    return empty_database_18
