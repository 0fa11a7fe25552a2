"""The `cowork` command where extras are missing: one line that names the extra."""

import ast
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from entrypoints.cli.errors import run_command
from entrypoints.cli.extras import EXTRAS, missing_extra
from hatch_build import PACKAGES
from tests.embedding.conftest import Environment
from tests.embedding.test_wheel import MODULES, imports
from tests.readme.documents import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize(
    "arguments, command",
    [(["serve", "--demo"], "cowork serve"), (["--help"], "cowork"), ([], "cowork")],
)
def test_without_extras_the_command_names_the_one_it_needs(
    base_install: Environment, tmp_path: Path, arguments: list[str], command: str
) -> None:
    ran = base_install.run(*arguments, program="cowork", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (1, "")
    line = f"{command} needs the extra \"cli\": pip install 'cowork-api[server]'\n"
    assert ran.stderr == line


def test_without_extras_the_version_is_printed(base_install: Environment, tmp_path: Path) -> None:
    ran = base_install.run("--version", program="cowork", cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == f"cowork {PROJECT['version']}\n"


def test_a_command_without_its_extra_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def command() -> None:
        raise ModuleNotFoundError("No module named 'uvicorn.main'", name="uvicorn.main")

    monkeypatch.setattr("sys.argv", ["cowork", "serve", "--port", "0"])
    assert run_command(command) == 1
    line = "cowork serve needs the extra \"http\": pip install 'cowork-api[server]'\n"
    assert capsys.readouterr().err == line


def test_a_module_of_no_extra_is_not_explained() -> None:
    error = ModuleNotFoundError("No module named 'tomato'", name="tomato")
    assert missing_extra(error, ["serve"]) is None


def test_every_package_that_is_imported_is_one_of_an_extra() -> None:
    ours = {*PACKAGES, *sys.stdlib_module_names, "_typeshed"}
    imported = {
        name.partition(".")[0] for module in MODULES for name in imports_at_run_time(module)
    }
    listed = {package for packages in EXTRAS.values() for package in packages}
    assert imported - ours - listed == set()


def test_each_extra_installs_the_packages_it_is_listed_with() -> None:
    distributions = packages_distributions()
    for extra, packages in EXTRAS.items():
        requirements = " ".join(PROJECT["optional-dependencies"][extra]).lower().replace("_", "-")
        for package in packages:
            names = [name.lower().replace("_", "-") for name in distributions[package]]
            assert any(name in requirements for name in names), package


def imports_at_run_time(module: Path) -> set[str]:
    """Return what a module of the project imports, without imports for type checkers."""
    tree = ast.parse(module.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    return set(imports(ast.unparse(tree)))
