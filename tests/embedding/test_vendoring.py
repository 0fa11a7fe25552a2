"""`cowork vendor`: in a host that has a `domain` and an `application` of its own."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from entrypoints.vendoring import PACKAGES, below, vendor
from tests.embedding.conftest import run_with
from tests.readme.documents import ROOT, example

MODULES = sorted(module for package in PACKAGES for module in (ROOT / package).rglob("*.py"))


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of a program with packages that are called as ours are, and a copy of ours."""
    sources = tmp_path_factory.mktemp("host")
    for package in ("domain", "application"):
        (sources / package).mkdir()
        (sources / package / "__init__.py").write_text("OWNER = 'the host'\n")
    vendor(sources / "house" / "cowork", "house.cowork")
    return sources


def test_the_copy_runs_beside_the_hosts_own_packages(host: Path) -> None:
    told = example("docs/embedding.md", "python", heading="A house in memory")
    program = host / "main.py"
    own = "import application, domain\nassert domain.OWNER == application.OWNER == 'the host'\n"
    program.write_text(own + below("house.cowork", told.code))
    ran = run_with(host, program)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == told.shown


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_imports_ours_in_the_form_that_is_rewritten(module: Path) -> None:
    source = module.read_text()
    for node in ast.walk(ast.parse(below("house.cowork", source))):
        match node:
            case ast.Import(names=names):
                imported = [alias.name for alias in names]
            case ast.ImportFrom(module=str(name), level=0):
                imported = [name]
            case _:
                continue
        assert not [name for name in imported if name.partition(".")[0] in PACKAGES]


def test_only_imports_differ_in_the_copy(host: Path) -> None:
    for module in MODULES:
        copy = (host / "house" / "cowork" / module.relative_to(ROOT)).read_text()
        assert copy.replace("from house.cowork.", "from ") == module.read_text()


def test_a_folder_that_is_there_is_left_alone(host: Path) -> None:
    with pytest.raises(FileExistsError):
        vendor(host / "house" / "cowork", "house.cowork")


@pytest.mark.soak
def test_the_copy_is_as_well_typed_as_the_original(host: Path) -> None:
    program = host / "main.py"
    told = example("docs/embedding.md", "python", heading="A house in memory")
    program.write_text(below("house.cowork", told.code))
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(host / "cache"), "main.py"],
        cwd=host,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
