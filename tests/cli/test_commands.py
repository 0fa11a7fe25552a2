"""What every command promises: help, exit statuses, and failures in one line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from entrypoints.cli import main
from entrypoints.cli.lazy_group import load_command
from tests.cli.conftest import RunHere
from tests.processes import COWORK, cowork

PASSWORD = {"COWORK_ADMIN_PASSWORD": "a horse and a battery"}
CREATE = ("admin", "create", "--email", "boss@example.com", "--full-name", "The Boss")


def all_commands() -> list[tuple[str, ...]]:
    inner = {name: getattr(load_command(name), "commands", ()) for name in main.COMMANDS}
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


@pytest.mark.parametrize("name", main.COMMANDS)
def test_a_command_is_listed_with_what_it_says_itself(name: str) -> None:
    assert load_command(name).help.startswith(main.COMMANDS[name])


def test_help_is_there_at_once_and_loads_no_more_than_it_needs() -> None:
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
def test_a_wrong_setting_is_named_in_one_line(
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


def test_settings_come_from_a_file_where_the_environment_is_silent(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DATABASE_POOL_SIZE=none\n")
    assert "DATABASE_POOL_SIZE" in cowork("migrate", "--sql", cwd=tmp_path).stderr
    told = cowork("migrate", "--sql", cwd=tmp_path, variables={"DATABASE_POOL_SIZE": "5"})
    assert told.returncode == 0


def test_a_secret_that_is_wrong_is_not_repeated(tmp_path: Path) -> None:
    refused = cowork("openapi", cwd=tmp_path, variables={"SECRET_KEY": "hunter2"})
    assert refused.returncode == 1
    assert "SECRET_KEY" in refused.stderr
    assert "hunter2" not in refused.stderr + refused.stdout


def test_the_openapi_document_is_printed(tmp_path: Path) -> None:
    document = json.loads(cowork("openapi", cwd=tmp_path).stdout)
    assert document["openapi"].startswith("3.1")
    assert "/api/bookings" in document["paths"]


def test_the_sql_of_the_schema_is_printed_without_a_database(tmp_path: Path) -> None:
    told = cowork("migrate", "--sql", cwd=tmp_path)
    assert told.returncode == 0
    assert "CREATE TABLE bookings" in told.stdout
    assert not (tmp_path / ".cowork").exists()


def test_an_admin_is_made_once(house: Path) -> None:
    made = cowork(*CREATE, cwd=house, variables=PASSWORD)
    assert (made.returncode, made.stdout) == (0, "boss@example.com is a SUPER_ADMIN.\n")
    again = cowork(*CREATE, cwd=house, variables=PASSWORD)
    assert again.returncode == 1
    assert again.stderr == "cowork: There is an account with this e-mail address already.\n"


@pytest.mark.parametrize("password", ["short", "password"])
@pytest.mark.usefixtures("set_database")
def test_an_admins_password_is_held_to_the_same_rules(
    cowork_here: RunHere,
    monkeypatch: pytest.MonkeyPatch,
    password: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COWORK_ADMIN_PASSWORD", password)
    assert cowork_here(*CREATE) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_without_a_password_and_somebody_to_ask_no_admin_is_made(tmp_path: Path) -> None:
    refused = cowork(*CREATE, cwd=tmp_path)
    assert refused.returncode == 1
    assert "COWORK_ADMIN_PASSWORD" in refused.stderr


def test_the_demo_fills_an_empty_house_and_spares_another(house: Path) -> None:
    filled = cowork("demo", "--bookings", "200", "--days", "30", cwd=house)
    assert filled.returncode == 0, filled.stderr
    assert "admin@demo.example" in filled.stdout
    refused = cowork("demo", "--bookings", "200", "--days", "30", cwd=house)
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    forced = cowork("demo", "--bookings", "100", "--days", "30", "--force", cwd=house)
    assert forced.returncode == 0, forced.stderr


def test_a_data_directory_that_cannot_be_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    refused = cowork("migrate", "--data-dir", "file/data", cwd=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.startswith("cowork: ")
    assert len(refused.stderr.splitlines()) == 1
