"""A house in memory, as docs/embedding.md has it, with the wheel and no other package."""

from pathlib import Path

import pytest

from tests.embedding.conftest import run_with
from tests.readme.documents import example

TOLD = example("docs/embedding.md", "python", heading="A house in memory")


def test_the_example_runs_on_the_wheel_alone(wheel_only: Path, tmp_path: Path) -> None:
    program = tmp_path / "house.py"
    program.write_text(TOLD.code)
    ran = run_with(wheel_only, program)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == TOLD.shown


@pytest.mark.parametrize("package", ["asyncpg", "litestar", "msgspec", "sqlalchemy", "stripe"])
def test_there_is_no_other_package_to_fall_back_on(
    wheel_only: Path, tmp_path: Path, package: str
) -> None:
    program = tmp_path / "other.py"
    program.write_text(f"import {package}\n")
    assert "ModuleNotFoundError" in run_with(wheel_only, program).stderr


def test_the_wheel_says_that_it_is_typed(wheel_only: Path) -> None:
    for package in ("domain", "application", "adapters"):
        assert (wheel_only / package / "py.typed").is_file()
