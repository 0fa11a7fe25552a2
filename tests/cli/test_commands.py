"""What every command promises: help, exit statuses, and failures in one line."""

import json
from pathlib import Path

import pytest

from tests.processes import cowork

COMMANDS = [
    (),
    ("serve",),
    ("worker",),
    ("migrate",),
    ("admin",),
    ("admin", "create"),
    ("demo",),
    ("openapi",),
    ("report",),
    ("report", "occupancy"),
    ("report", "revenue"),
    ("report", "members"),
]
PASSWORD = {"COWORK_ADMIN_PASSWORD": "a horse and a battery"}
CREATE = ("admin", "create", "--email", "boss@example.com", "--full-name", "The Boss")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(tmp_path: Path, command: tuple[str, ...]) -> None:
    shown = cowork(*command, "--help", cwd=tmp_path)
    assert shown.returncode == 0
    assert "Usage" in shown.stdout


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("serve", "--port", "none"), ("serve", "--workers", "0"), CREATE[:4]],
)
def test_wrong_usage_exits_with_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert cowork(*arguments, cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("command", [("serve",), ("openapi",), ("demo",), CREATE])
def test_a_wrong_setting_is_named_in_one_line(tmp_path: Path, command: tuple[str, ...]) -> None:
    refused = cowork(*command, cwd=tmp_path, variables={"TIMEZONE": "Mars/Olympus"})
    assert refused.returncode == 1
    assert refused.stderr == (
        "cowork: TIMEZONE: expected an IANA time zone such as Europe/Istanbul.\n"
    )


def test_settings_come_from_a_file_where_the_environment_is_silent(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DATABASE_POOL_SIZE=none\n")
    assert "DATABASE_POOL_SIZE" in cowork("openapi", cwd=tmp_path).stderr
    told = cowork("openapi", cwd=tmp_path, variables={"DATABASE_POOL_SIZE": "5"})
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


def test_an_admin_is_made_once(tmp_path: Path) -> None:
    made = cowork(*CREATE, cwd=tmp_path, variables=PASSWORD)
    assert (made.returncode, made.stdout) == (0, "boss@example.com is a SUPER_ADMIN.\n")
    again = cowork(*CREATE, cwd=tmp_path, variables=PASSWORD)
    assert again.returncode == 1
    assert again.stderr == "cowork: There is an account with this e-mail address already.\n"


@pytest.mark.parametrize("password", ["short", "password"])
def test_an_admins_password_is_held_to_the_same_rules(tmp_path: Path, password: str) -> None:
    refused = cowork(*CREATE, cwd=tmp_path, variables={"COWORK_ADMIN_PASSWORD": password})
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1


def test_without_a_password_and_somebody_to_ask_no_admin_is_made(tmp_path: Path) -> None:
    refused = cowork(*CREATE, cwd=tmp_path)
    assert refused.returncode == 1
    assert "COWORK_ADMIN_PASSWORD" in refused.stderr


def test_the_demo_fills_an_empty_house_and_spares_another(tmp_path: Path) -> None:
    filled = cowork("demo", "--bookings", "200", "--days", "30", cwd=tmp_path)
    assert filled.returncode == 0, filled.stderr
    assert "admin@demo.example" in filled.stdout
    refused = cowork("demo", "--bookings", "200", "--days", "30", cwd=tmp_path)
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    forced = cowork("demo", "--bookings", "100", "--days", "30", "--force", cwd=tmp_path)
    assert forced.returncode == 0, forced.stderr


def test_a_data_directory_that_cannot_be_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    refused = cowork("migrate", "--data-dir", "file/data", cwd=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.startswith("cowork: ")
    assert len(refused.stderr.splitlines()) == 1
