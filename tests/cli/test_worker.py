"""Background work runs in `cowork worker` alone, or not at all.

`test_serve` covers it beside the API.
"""

import asyncio
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.expired_holds import add_expired_hold, is_cancelled_within
from tests.processes import COWORK, SECRET, clean_environment, serving


@pytest.fixture
def variables(empty_database_18: str) -> dict[str, str]:
    return {"DATABASE_URL": empty_database_18, "SECRET_KEY": SECRET}


def test_serve_without_a_worker_does_no_background_work(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    dsn = variables["DATABASE_URL"]
    held = asyncio.run(add_expired_hold(dsn))
    with serving("--no-worker", cwd=tmp_path, variables=variables):
        assert not is_cancelled_within(dsn, held, 1)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_standalone_worker_does_background_work_and_stops_on_a_signal(
    tmp_path: Path, variables: dict[str, str], how: signal.Signals
) -> None:
    dsn = variables["DATABASE_URL"]
    held = asyncio.run(add_expired_hold(dsn))
    with subprocess.Popen(
        [COWORK, "worker"], cwd=tmp_path, env=clean_environment(**variables), start_new_session=True
    ) as process:
        try:
            assert is_cancelled_within(dsn, held, 30)
            process.send_signal(how)
            assert process.wait(30) == 0
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
