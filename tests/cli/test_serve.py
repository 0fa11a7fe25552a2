"""`cowork serve` on an embedded database: how it starts, shares, ends, and comes back."""

import asyncio
import os
import signal
import socket
import stat
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from migrations.runner import downgrade
from tests.processes import SECRET, Serving, cowork, serving

PERSON = {"email": "ada@example.com", "password": "a horse and a battery", "full_name": "Ada"}


def sign_up(served: Serving, **changes: str) -> Any:
    answer = httpx.post(f"{served.url}/auth/signup", json=PERSON | changes, timeout=10)
    assert answer.status_code == 201, answer.text
    return answer.json()


def can_log_in(served: Serving, email: str = PERSON["email"]) -> bool:
    body = {"email": email, "password": PERSON["password"]}
    return httpx.post(f"{served.url}/auth/login", json=body, timeout=10).status_code == 200


def has_server(directory: Path) -> bool:
    """Whether the embedded PostgreSQL of that data directory runs."""
    return any(directory.glob(".cowork/**/postmaster.pid"))


def test_it_starts_from_nothing_and_is_there_again_with_all_it_knew(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as served:
        token = sign_up(served)["access_token"]
        assert served.end(signal.SIGTERM) == 0
    assert not has_server(tmp_path)
    with serving(cwd=tmp_path) as served:
        assert can_log_in(served)
        # The key that signed it was kept as well.
        bearer = {"Authorization": f"Bearer {token}"}
        assert httpx.get(f"{served.url}/auth/me", headers=bearer).status_code == 200


def test_the_kept_secret_key_is_its_owners_alone(house: Path) -> None:
    with serving(cwd=house):
        mode = (house / ".cowork" / "secret-key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_ends_it_and_its_database_and_is_no_failure(house: Path, workers: str) -> None:
    with serving("--workers", workers, cwd=house) as served:
        sign_up(served)
        os.killpg(served.process.pid, signal.SIGINT)
        assert served.ended() == 0
    assert not has_server(house)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_kill_9_loses_nothing_and_keeps_no_port(house: Path, workers: str) -> None:
    with serving("--workers", workers, cwd=house) as served:
        sign_up(served)
        served.process.kill()
        served.ended()
        deadline = time.monotonic() + 10
        while served.is_healthy():
            assert time.monotonic() < deadline, "Its workers go on without it."
            time.sleep(0.1)
    with serving("--workers", workers, cwd=house) as served:
        assert can_log_in(served)


def test_two_services_on_one_data_directory_share_the_server(house: Path) -> None:
    with serving(cwd=house) as one:
        with serving(cwd=house) as other:
            sign_up(one)
            assert can_log_in(other)
            assert one.end() == 0
            assert can_log_in(other)
        assert not has_server(house)


def test_other_commands_work_beside_a_running_service(house: Path) -> None:
    with serving(cwd=house) as served:
        made = cowork(
            *("admin", "create", "--email", "boss@example.com", "--full-name", "The Boss"),
            cwd=house,
            variables={"COWORK_ADMIN_PASSWORD": PERSON["password"]},
        )
        assert (made.returncode, made.stderr) == (0, "")
        assert can_log_in(served, "boss@example.com")


def test_a_database_that_died_is_back_within_ten_seconds(house: Path) -> None:
    with serving(cwd=house) as served:
        sign_up(served)
        pid_file = next(house.glob(".cowork/**/postmaster.pid"))
        os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGKILL)
        died = time.monotonic()
        outage = httpx.get(f"{served.url}/health", timeout=5)
        assert outage.status_code in {200, 503}
        while not served.is_healthy():
            assert time.monotonic() < died + 10
            time.sleep(0.1)
        assert can_log_in(served)


def test_a_port_in_use_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = cowork("serve", "--port", str(port), cwd=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr == (
        f"cowork: Cannot listen on 127.0.0.1, port {port}: Address already in use\n"
    )
    assert refused.stdout == ""


def test_a_half_sent_head_does_not_keep_a_service_from_ending(house: Path) -> None:
    with serving(cwd=house) as served:
        host, _, port = served.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as client:
            client.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n")
            began = time.monotonic()
            assert served.end() == 0
            assert time.monotonic() - began < 10


def test_a_database_of_its_own_has_to_be_at_head(scratch_database_18: str, tmp_path: Path) -> None:
    variables = {"DATABASE_URL": scratch_database_18, "SECRET_KEY": SECRET}
    asyncio.run(downgrade(scratch_database_18))
    refused = cowork("serve", cwd=tmp_path, variables=variables)
    assert refused.returncode == 1
    assert "cowork migrate" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    migrated = cowork("migrate", cwd=tmp_path, variables=variables)
    assert migrated.returncode == 0, migrated.stderr
    with serving(cwd=tmp_path, variables=variables) as served:
        sign_up(served)
        assert served.end() == 0
    assert not (tmp_path / ".cowork").exists()


def test_a_database_of_its_own_needs_a_secret_key(empty_database_18: str, tmp_path: Path) -> None:
    refused = cowork("serve", cwd=tmp_path, variables={"DATABASE_URL": empty_database_18})
    assert refused.returncode == 1
    assert refused.stderr == "cowork: SECRET_KEY: expected one or more keys of at least 32 bytes.\n"


def test_a_database_that_is_away_is_told_in_one_line(tmp_path: Path) -> None:
    variables = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "SECRET_KEY": SECRET}
    refused = cowork("serve", cwd=tmp_path, variables=variables)
    assert refused.returncode == 1
    assert refused.stderr.startswith("cowork: The database cannot be reached")
    assert len(refused.stderr.splitlines()) == 1
