"""Common behavior of all commands: help, exit statuses and one-line failures."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from entrypoints.cli.admin import PASSWORD_VARIABLE
from entrypoints.cli.commands import COMMANDS
from entrypoints.cli.lazy_group import help_line, load_command
from tests.cli.conftest import RunHere
from tests.processes import COWORK, cowork

CREATE = ("admin", "create", "--email", "boss@example.com", "--full-name", "The Boss")


def all_commands() -> list[tuple[str, ...]]:
    inner = {name: getattr(load_command(name), "commands", ()) for name in COMMANDS}
    return [
        (),
        *((name,) for name in inner),
        *((name, sub) for name in inner for sub in inner[name]),
    ]


@pytest.mark.parametrize("command", all_commands(), ids=" ".join)
def test_every_command_explains_itself(
    cowork_here: RunHere, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cowork_here(*command, "--help") == 0
    assert "Usage" in capsys.readouterr().out


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_listed_with_the_first_line_of_its_help(name: str) -> None:
    line = help_line(name)
    assert line.endswith(".")
    assert load_command(name).help.partition("\n")[0] == line


def test_the_list_of_commands_has_each_with_its_help(
    cowork_here: RunHere, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cowork_here("--help") == 0
    shown = capsys.readouterr().out
    for name in COMMANDS:
        assert help_line(name) in shown


def test_help_is_fast_and_loads_only_what_it_needs() -> None:
    watched = [sys.executable, "-X", "importtime", str(COWORK), "--help"]
    shown = subprocess.run(watched, capture_output=True, text=True, check=True)
    assert "openapi" in shown.stdout
    for heavy in ("litestar", "sqlalchemy", "alembic", "stripe", "fpdf", "uvicorn"):
        assert f" {heavy}\n" not in shown.stderr


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("serve", "--port", "none"), ("serve", "--workers", "0"), CREATE[:4]],
)
def test_wrong_usage_exits_with_2(cowork_here: RunHere, arguments: tuple[str, ...]) -> None:
    assert cowork_here(*arguments) == 2


@pytest.mark.parametrize("command", [("serve",), ("openapi",), ("demo",), CREATE])
def test_an_invalid_setting_is_named_in_one_line(
    cowork_here: RunHere,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TIMEZONE", "Mars/Olympus")
    assert cowork_here(*command) == 1
    assert capsys.readouterr().err == (
        "cowork: TIMEZONE: expected an IANA time zone such as Europe/Istanbul.\n"
    )


def test_settings_come_from_a_file_unless_the_environment_sets_them(
    cowork_here: RunHere,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / ".env").write_text("DATABASE_POOL_SIZE=none\n")
    assert cowork_here("migrate", "--sql") == 1
    assert "DATABASE_POOL_SIZE" in capsys.readouterr().err
    monkeypatch.setenv("DATABASE_POOL_SIZE", "5")
    assert cowork_here("migrate", "--sql") == 0


def test_an_invalid_secret_is_not_printed(
    cowork_here: RunHere, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SECRET_KEY", "hunter2")
    assert cowork_here("openapi") == 1
    printed = capsys.readouterr()
    assert "SECRET_KEY" in printed.err
    assert "hunter2" not in printed.err + printed.out


def test_the_openapi_document_is_printed(
    cowork_here: RunHere, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cowork_here("openapi") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["openapi"].startswith("3.1")
    assert "/api/bookings" in document["paths"]


def test_the_sql_of_the_schema_is_printed_without_a_database(
    cowork_here: RunHere, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cowork_here("migrate", "--sql") == 0
    assert "CREATE TABLE bookings" in capsys.readouterr().out
    assert not (tmp_path / ".cowork").exists()


@pytest.mark.usefixtures("set_database")
def test_an_admin_is_created_once(
    cowork_here: RunHere, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "a horse and a battery")
    assert cowork_here(*CREATE) == 0
    assert capsys.readouterr().out == "boss@example.com is a SUPER_ADMIN.\n"
    assert cowork_here(*CREATE) == 1
    assert capsys.readouterr().err == (
        "cowork: There is an account with this e-mail address already.\n"
    )


@pytest.mark.parametrize("password", ["short", "password"])
@pytest.mark.usefixtures("set_database")
def test_an_admin_password_follows_the_password_rules(
    cowork_here: RunHere,
    monkeypatch: pytest.MonkeyPatch,
    password: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, password)
    assert cowork_here(*CREATE) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_without_a_password_or_a_terminal_no_admin_is_created(
    cowork_here: RunHere, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert cowork_here(*CREATE) == 1
    assert PASSWORD_VARIABLE in capsys.readouterr().err


def test_demo_data_fills_an_empty_database_and_leaves_others_alone(
    cowork_here: RunHere,
    set_database: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sizes = ("--bookings", "200", "--days", "30")
    filled = cowork("demo", *sizes, cwd=tmp_path, variables={"DATABASE_URL": set_database})
    assert filled.returncode == 0, filled.stderr
    assert "admin@demo.example" in filled.stdout
    assert cowork_here("demo", *sizes) == 1
    assert "--force" in capsys.readouterr().err
    assert cowork_here("demo", "--bookings", "100", "--days", "30", "--force") == 0


def test_an_unusable_data_directory_is_reported_in_one_line(
    cowork_here: RunHere, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert cowork_here("migrate", "--data-dir", "file/data") == 1
    error = capsys.readouterr().err
    assert error.startswith("cowork: ")
    assert len(error.splitlines()) == 1
