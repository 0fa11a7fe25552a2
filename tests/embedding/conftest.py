"""An environment that has the built wheel in it and nothing else."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.readme.documents import ROOT

Run = Callable[[Path, Path], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def wheel_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that an installed wheel would fill, without any extra."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    installed = folder / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    return installed


def run_with(path: Path, program: Path) -> subprocess.CompletedProcess[str]:
    """Run a program with the standard library and that folder, and no other package."""
    start = (
        "import runpy, sys; sys.path.insert(0, sys.argv[1]); "
        "sys.path = [p for p in sys.path if 'site-packages' not in p]; "
        "runpy.run_path(sys.argv[2], run_name='__main__')"
    )
    return subprocess.run(
        [sys.executable, "-I", "-S", "-W", "error", "-c", start, str(path), str(program)],
        cwd=program.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
