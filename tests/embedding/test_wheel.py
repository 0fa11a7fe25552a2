"""What is in the wheel: everything below `cowork`, so that a host's own packages stay its own."""

import ast
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hatch_build import PACKAGES, below_namespace
from tests.embedding.conftest import DEPENDENCIES, Environment, pip
from tests.processes import cowork, get, serving_by
from tests.readme.documents import ROOT, code_of, example

MODULES = sorted(module for package in PACKAGES for module in (ROOT / package).rglob("*.py"))
FILES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*")
    if path.is_file() and "__pycache__" not in path.parts
)
EVERY_MODULE = pytest.mark.parametrize(
    "module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix()
)
MODULE_NAME = re.compile(rf"({'|'.join(PACKAGES)})(\.\w*)+(:\w+)?")


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """The sources of a program whose packages have the names of our folders."""
    for package in ("domain", "application", "migrations"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("OWNER = 'the host'\n")
    own = (
        "import application, domain, migrations\n"
        "assert domain.OWNER == application.OWNER == migrations.OWNER == 'the host'\n"
    )
    documented = code_of("docs/embedding.md", heading="A house in memory")
    (tmp_path / "main.py").write_text(own + documented)
    return tmp_path


def test_everything_is_below_one_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        top = {name.partition("/")[0] for name in archive.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == {"cowork"}


def test_every_file_of_the_packages_is_there(base_install: Environment) -> None:
    missing = [
        path
        for path in FILES
        if not (base_install.packages / "cowork" / path.relative_to(ROOT)).is_file()
    ]
    assert not missing


def test_only_imports_differ_from_the_repository(base_install: Environment) -> None:
    for path in FILES:
        shipped = (base_install.packages / "cowork" / path.relative_to(ROOT)).read_bytes()
        assert shipped.replace(b"from cowork.", b"from ") == path.read_bytes()


@EVERY_MODULE
def test_no_import_is_left_as_in_the_repository(module: Path) -> None:
    imported = imports(below_namespace(module.read_text()))
    assert not [name for name in imported if name.partition(".")[0] in PACKAGES]


@EVERY_MODULE
def test_no_text_names_a_module(module: Path) -> None:
    """The rewrite is of imports only; a name in a text would be one of the repository's."""
    texts = [
        node.value
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert not [text for text in texts if MODULE_NAME.fullmatch(text)]


@pytest.mark.parametrize(
    "source, rewritten",
    [
        ("from domain import money\n", "from cowork.domain import money\n"),
        ("from domain.money import (\n    Money,\n)\n", "from cowork.domain.money import (\n"),
        ("é = 1; from domain import money\n", "é = 1; from cowork.domain import money\n"),
        ("from domains import money\n", "from domains import money\n"),
        ("text = 'from domain import money'\n", "text = 'from domain import money'\n"),
    ],
)
def test_imports_of_the_packages_are_rewritten(source: str, rewritten: str) -> None:
    assert below_namespace(source).startswith(rewritten)


def test_an_import_that_binds_the_package_fails_the_build() -> None:
    with pytest.raises(ValueError, match="Line 2"):
        below_namespace("import os\nimport domain.money\n")


def test_the_wheel_is_typed(base_install: Environment) -> None:
    assert (base_install.packages / "cowork" / "py.typed").is_file()


def test_it_runs_beside_packages_of_the_same_names(base_install: Environment, host: Path) -> None:
    documented = example("docs/embedding.md", "python", heading="A house in memory")
    ran = base_install.run("main.py", cwd=host)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == documented.shown


def test_a_host_is_type_checked_against_it(base_install: Environment, host: Path) -> None:
    (host / "wrong.py").write_text(
        "from cowork.domain.money import Money\nMoney('21')\nreveal_type(Money.parse('21'))\n"
    )
    checked = mypy("--python-executable", base_install.python, "main.py", "wrong.py", cwd=host)
    assert 'wrong.py:2: error: Argument 1 to "Money"' in checked.stdout
    assert 'Revealed type is "cowork.domain.money.Money"' in checked.stdout
    assert "main.py" not in checked.stdout
    assert "Found 1 error in 1 file (checked 2 source files)" in checked.stdout


@pytest.mark.soak
def test_it_is_as_well_typed_as_the_repository(base_install: Environment, tmp_path: Path) -> None:
    # In a separate folder: mypy does not report errors of what is in site-packages.
    (tmp_path / "cowork").symlink_to(base_install.packages / "cowork")
    checked = mypy("--package", "cowork", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("section", ["Another adapter", "Background jobs"])
def test_what_the_page_imports_is_there(
    base_install: Environment, tmp_path: Path, section: str
) -> None:
    program = tmp_path / "imports.py"
    code = code_of("docs/embedding.md", heading=section)
    lines = [line for line in code.splitlines() if line.startswith("from cowork.")]
    assert lines
    program.write_text("\n".join(lines))
    ran = base_install.run(program, cwd=tmp_path, with_dependencies=True)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_command_runs(base_install: Environment, tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        ran = base_install.run(*arguments, program="cowork", cwd=tmp_path, with_dependencies=True)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    assert "Usage: cowork" in run("--help")
    assert run("openapi") == cowork("openapi", cwd=tmp_path).stdout
    assert run("migrate", "--sql") == cowork("migrate", "--sql", cwd=tmp_path).stdout


def test_an_editable_installation_keeps_the_names_of_the_repository(tmp_path: Path) -> None:
    build = "import sys; from hatchling.build import build_editable; build_editable(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, tmp_path], cwd=ROOT, check=True)
    (built,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        files = {Path(name).name: archive.read(name).decode() for name in archive.namelist()}
    script = "cowork = entrypoints.cli.main:main"
    assert files["entry_points.txt"].strip().splitlines() == ["[console_scripts]", script]
    assert files["_cowork_api.pth"].split() == [str(ROOT)]


def test_the_source_distribution_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    build = "import sys; from hatchling.build import build_sdist; build_sdist(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, tmp_path], cwd=ROOT, check=True)
    pip("wheel", "--no-build-isolation", "--wheel-dir", tmp_path, *tmp_path.glob("*.tar.gz"))
    assert contents(*tmp_path.glob("*.whl")) == contents(wheel)


def test_several_processes_serve(base_install: Environment, tmp_path: Path) -> None:
    command = [str(base_install.folder / "bin" / "cowork"), "serve", "--port", "0"]
    variables = {"PYTHONPATH": str(DEPENDENCIES)}
    with serving_by([*command, "--workers", "2"], cwd=tmp_path, variables=variables) as served:
        assert get(f"{served.url}/health").json()["status"] == "ok"
        assert get(f"{served.url}/docs").status_code == 200


def contents(wheel: Path) -> dict[str, int]:
    """The files of a wheel with their checksums."""
    with zipfile.ZipFile(wheel) as archive:
        return {file.filename: file.CRC for file in archive.infolist()}


def imports(source: str) -> Iterator[str]:
    """The modules that a source imports."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(name), level=0):
                yield name
            case _:
                pass


def mypy(*arguments: str | Path, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Type-check strictly."""
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(cwd / "cache")]
    return subprocess.run(
        [*command, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
