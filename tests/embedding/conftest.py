"""The built wheel, and an environment that has it installed and nothing else."""

import importlib.util
import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from tests.readme.documents import ROOT, code_of

DEPENDENCIES = Path(sysconfig.get_path("purelib"))
"""The tests' own packages. Its .pth files have no effect on a path that is added by PYTHONPATH."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment."""

    folder: Path

    @property
    def packages(self) -> Path:
        """Its site-packages."""
        paths = {"base": str(self.folder), "platbase": str(self.folder)}
        return Path(sysconfig.get_path("purelib", "venv", vars=paths))

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    def run(
        self,
        *arguments: str | Path,
        cwd: Path,
        program: str = "python",
        with_dependencies: bool = False,
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program of the environment to its end, warnings being errors."""
        variables = {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error"}
        if with_dependencies:
            variables |= {"PYTHONPATH": str(DEPENDENCIES), "PYTHONWARNINGS": "default"}
        return subprocess.run(
            [self.folder / "bin" / program, *arguments],
            cwd=cwd,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


def pip(*arguments: str | Path) -> None:
    """Run pip, which takes nothing from an index."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1"}
    subprocess.run([*command, *arguments], cwd=ROOT, env=os.environ | offline, check=True)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-build-isolation", "--wheel-dir", folder, ".")
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def base_install(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment after `pip install cowork-api`, without any extra."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(folder, symlinks=True)
    environment = Environment(folder)
    pip("--python", environment.python, "install", wheel)
    return environment


def load_example(heading: str, source: Path) -> ModuleType:
    """Write an example of docs/embedding.md to a file and import it."""
    source.write_text(code_of("docs/embedding.md", heading=heading))
    spec = importlib.util.spec_from_file_location(source.stem, source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
