"""The processes of a service report their metrics together."""

import re
import time
from collections.abc import Callable
from pathlib import Path

from tests.processes import SECRET, Serving, get, serving

REQUESTS = 40


def figures(served: Serving) -> dict[str, float]:
    """Return every sample by its name and labels, as they are printed."""
    text = get(f"{served.url}/metrics", timeout=10).raise_for_status().text
    return {
        key: float(value) for key, value in re.findall(r"^(\w[^ ]*) (\S+)$", text, re.MULTILINE)
    }


def until(served: Serving, holds: Callable[[dict[str, float]], bool]) -> dict[str, float]:
    """Poll the metrics until `holds` is true for them. Returns them."""
    deadline = time.monotonic() + 15
    while not holds(samples := figures(served)):
        assert time.monotonic() < deadline, samples
        time.sleep(0.1)
    return samples


def test_processes_and_the_worker_count_together(empty_database_18: str, tmp_path: Path) -> None:
    variables = {"DATABASE_URL": empty_database_18, "SECRET_KEY": SECRET, "DATABASE_POOL_SIZE": "3"}
    asked = (
        'cowork_http_request_duration_seconds_count{method="GET",route="/health/live",status="200"}'
    )
    with serving("--workers", "2", cwd=tmp_path, variables=variables) as served:
        for _ in range(REQUESTS):
            # A new connection each time, so that either process may accept it.
            get(f"{served.url}/health/live")
        samples = figures(served)
        assert samples[asked] == REQUESTS
        samples = until(
            served, lambda now: now.get('cowork_pool_connections_max{pool="main"}', 0) == 6
        )
        until(
            served,
            lambda now: (
                now.get('cowork_chore_runs_total{chore="expire_holds",outcome="done"}', 0) > 0
            ),
        )
