"""A house in memory, as docs/embedding.md has it, with the wheel and no other package."""

from pathlib import Path

import pytest

from tests.embedding.conftest import Environment
from tests.readme.documents import example


@pytest.mark.parametrize("heading", ["A first booking", "A house in memory"])
def test_the_example_runs_on_the_wheel_alone(
    base_install: Environment, tmp_path: Path, heading: str
) -> None:
    documented = example("docs/embedding.md", "python", heading=heading)
    program = tmp_path / "program.py"
    program.write_text(documented.code)
    ran = base_install.run(program, cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == documented.shown


def test_a_first_booking_takes_ten_lines() -> None:
    documented = example("docs/embedding.md", "python", heading="A first booking")
    assert len([line for line in documented.code.splitlines() if line]) <= 10


@pytest.mark.parametrize("package", ["asyncpg", "litestar", "msgspec", "sqlalchemy", "stripe"])
def test_there_is_no_other_package_to_fall_back_on(
    base_install: Environment, tmp_path: Path, package: str
) -> None:
    program = tmp_path / "other.py"
    program.write_text(f"import {package}\n")
    assert "ModuleNotFoundError" in base_install.run(program, cwd=tmp_path).stderr


def test_the_core_needs_no_other_package(base_install: Environment, tmp_path: Path) -> None:
    program = tmp_path / "all_of_it.py"
    program.write_text(
        "import importlib, pkgutil\n"
        "for name in ('domain', 'application', 'adapters.memory', 'adapters.system'):\n"
        "    package = importlib.import_module(f'cowork.{name}')\n"
        "    path = getattr(package, '__path__', [])\n"
        "    for module in pkgutil.walk_packages(path, f'{package.__name__}.'):\n"
        "        importlib.import_module(module.name)\n"
        "        print(module.name)\n"
    )
    ran = base_install.run(program, cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "cowork.application.bookings.create_booking" in ran.stdout.splitlines()
