"""Commands in this process, and houses that are there already: both save the time of a start."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from entrypoints.cli import main
from tests.processes import cowork

RunHere = Callable[..., int]


@pytest.fixture
def cowork_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunHere:
    """Runs a command, which would take most of its time to start; its status."""
    monkeypatch.chdir(tmp_path)
    # Logging is set for a whole process, which here is that of the tests.
    monkeypatch.setattr(main, "configure_logging", lambda *_: None)

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["cowork", *arguments])
        with pytest.raises(SystemExit) as ended:
            main.main()
        assert isinstance(ended.value.code, int)
        return ended.value.code

    return run


@pytest.fixture
def set_database(empty_database_18: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database is set for commands in this process; its address."""
    monkeypatch.setenv("DATABASE_URL", empty_database_18)
    return empty_database_18


@pytest.fixture(scope="session")
def made_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the schema at head, which was made once."""
    directory = tmp_path_factory.mktemp("made")
    assert cowork("migrate", cwd=directory).returncode == 0
    return directory / ".cowork"


@pytest.fixture
def house(made_house: Path, tmp_path: Path) -> Path:
    """Where a command finds such a data directory."""
    shutil.copytree(made_house, tmp_path / ".cowork")
    return tmp_path
