"""`cowork serve` on an embedded database: start, shared use, shutdown and recovery."""

import asyncio
import os
import shutil
import signal
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from entrypoints.cli import serve
from migrations.runner import downgrade
from tests.cli.conftest import RunHere
from tests.cli.expired_holds import add_expired_hold, is_cancelled_within
from tests.processes import SECRET, Serving, get, post, serving

PERSON = {"email": "ada@example.com", "password": "a horse and a battery", "full_name": "Ada"}


def sign_up(served: Serving, **changes: str) -> Any:
    answer = post(f"{served.url}/auth/signup", json=PERSON | changes, timeout=10)
    assert answer.status_code == 201, answer.text
    return answer.json()


def can_log_in(served: Serving, email: str = PERSON["email"]) -> bool:
    body = {"email": email, "password": PERSON["password"]}
    return post(f"{served.url}/auth/login", json=body, timeout=10).status_code == 200


@dataclass(frozen=True, slots=True)
class Running:
    """A running service and the path of its data directory."""

    served: Serving
    directory: Path


def has_server(directory: Path) -> bool:
    """Return whether the embedded PostgreSQL of the data directory is running."""
    return any(directory.glob(".cowork/**/postmaster.pid"))


@contextmanager
def half_a_request(served: Serving) -> Iterator[None]:
    """Keep a half-sent request open for the duration of the block."""
    host, _, port = served.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n")
        yield


def test_it_starts_from_nothing_stops_in_time_and_two_services_can_share_a_server(
    tmp_path: Path,
) -> None:
    with serving(cwd=tmp_path) as served:
        token = sign_up(served)["access_token"]
        with half_a_request(served):
            began = time.monotonic()
            assert served.end(signal.SIGTERM) == 0
            assert time.monotonic() - began < 10
    assert not has_server(tmp_path)
    # The signing key is persisted as well, readable by its owner only.
    mode = (tmp_path / ".cowork" / "secret-key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    with serving(cwd=tmp_path) as first:
        assert can_log_in(first)
        bearer = {"Authorization": f"Bearer {token}"}
        assert get(f"{first.url}/auth/me", headers=bearer).status_code == 200
        with serving(cwd=tmp_path) as second:
            sign_up(first, email="grace@example.com")
            assert can_log_in(second, "grace@example.com")
            assert first.end() == 0
            assert can_log_in(second)
        assert not has_server(tmp_path)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_kill_9_loses_no_data_and_no_port_and_ctrl_c_stops_every_process(
    house: Path, workers: str
) -> None:
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
        os.killpg(served.process.pid, signal.SIGINT)
        assert served.ended() == 0
    assert not has_server(house)


@pytest.fixture(scope="module")
def running(made_house: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service that survives what the tests of this module do to it."""
    directory = tmp_path_factory.mktemp("running")
    shutil.copytree(made_house, directory / ".cowork")
    with serving(cwd=directory) as served:
        yield Running(served, directory)


def test_other_commands_work_beside_a_running_service(
    running: Running,
    cowork_here: RunHere,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COWORK_ADMIN_PASSWORD", PERSON["password"])
    there = ("--data-dir", str(running.directory / ".cowork"))
    boss = ("--email", "boss@example.com", "--full-name", "The Boss")
    assert cowork_here("admin", "create", *there, *boss) == 0
    assert capsys.readouterr().err == ""
    assert can_log_in(running.served, "boss@example.com")


def test_a_killed_database_is_back_within_ten_seconds(running: Running) -> None:
    served = running.served
    sign_up(served)
    pid_file = next(running.directory.glob(".cowork/**/postmaster.pid"))
    os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGKILL)
    died = time.monotonic()
    outage = get(f"{served.url}/health", timeout=5)
    assert outage.status_code in {200, 503}
    while not served.is_healthy():
        assert time.monotonic() < died + 10
        time.sleep(0.1)
    assert can_log_in(served)


@pytest.fixture
def serve_here(cowork_here: RunHere, monkeypatch: pytest.MonkeyPatch) -> RunHere:
    """Run a `serve` command that fails to start. Returns its exit status."""
    # Signal handlers belong to the process, which here is the test process.
    monkeypatch.setattr(serve, "exit_on_signals", nullcontext)
    return partial(cowork_here, "serve", "--port", "0")


def test_a_port_in_use_is_reported_in_one_line(
    serve_here: RunHere, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert serve_here("--port", str(port)) == 1
    refused = capsys.readouterr()
    assert refused.err == (
        f"cowork: Cannot listen on 127.0.0.1, port {port}: Address already in use\n"
    )
    assert refused.out == ""


def test_an_external_database_has_to_be_at_head_and_then_gets_its_background_work_done(
    cowork_here: RunHere,
    serve_here: RunHere,
    scratch_database_18: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    variables = {"DATABASE_URL": scratch_database_18, "SECRET_KEY": SECRET}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    asyncio.run(downgrade(scratch_database_18))
    assert serve_here() == 1
    refused = capsys.readouterr().err
    assert "cowork migrate" in refused
    assert len(refused.splitlines()) == 1
    assert cowork_here("migrate") == 0
    with serving(cwd=tmp_path, variables=variables) as served:
        sign_up(served)
        held = asyncio.run(add_expired_hold(scratch_database_18))
        assert is_cancelled_within(scratch_database_18, held, 30)
        assert served.end() == 0
    assert not (tmp_path / ".cowork").exists()


@pytest.mark.usefixtures("set_database")
def test_an_external_database_requires_a_secret_key(
    serve_here: RunHere, capsys: pytest.CaptureFixture[str]
) -> None:
    assert serve_here() == 1
    assert capsys.readouterr().err == (
        "cowork: SECRET_KEY: expected one or more keys of at least 32 bytes.\n"
    )


def test_an_unreachable_database_is_reported_in_one_line(
    serve_here: RunHere, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://cowork@127.0.0.1:1/none")
    monkeypatch.setenv("SECRET_KEY", SECRET)
    assert serve_here() == 1
    refused = capsys.readouterr().err
    assert refused.startswith("cowork: The database cannot be reached")
    assert len(refused.splitlines()) == 1
