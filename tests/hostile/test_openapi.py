"""The service matches its OpenAPI document: schemathesis with all its checks.

No 5xx, no undocumented response, no valid request rejected for its form, no invalid request
accepted, and no access without a token where one is required.
"""

import re
import subprocess
from pathlib import Path

import pytest

from tests.hostile.conftest import Target, log_in
from tests.processes import COWORK, clean_environment

ROOT = Path(__file__).parents[2]
SCHEMATHESIS = COWORK.with_name("schemathesis")
COMMON_OPTIONS = ("--continue-on-failure", "--suppress-health-check", "all", "--no-shrink")
FEW_EXAMPLES = ("--phases", "fuzzing,stateful", "--max-examples", "2", "--seed", "8")
MANY_EXAMPLES = ("--max-examples", "150")
MIN_CASES = 20_000


def run_schemathesis(target: Target, caller: str, cwd: Path, *options: str) -> int:
    """Test all operations as that caller. Returns the number of cases; fails on any finding."""
    token = (
        () if caller == "anonymous" else ("-H", f"Authorization: Bearer {log_in(target, caller)}")
    )
    config = Path(__file__).with_name("schemathesis.toml")
    run = subprocess.run(
        [
            *(SCHEMATHESIS, "--no-color", "--config-file", config),
            *("run", f"{target.url}/openapi.json", *COMMON_OPTIONS, *token, *options),
        ],
        cwd=cwd,
        # It can import everything that the tests can.
        env=clean_environment(
            SCHEMATHESIS_HOOKS="tests.hostile.schemathesis_hooks", PYTHONPATH=str(ROOT)
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    match = re.search(r"(\d+) generated", run.stdout)
    assert match is not None, run.stdout
    return int(match[1])


def test_the_service_matches_its_document(target: Target, tmp_path: Path) -> None:
    assert run_schemathesis(target, "admin", tmp_path, *FEW_EXAMPLES) > 100


@pytest.mark.soak
def test_it_matches_in_twenty_thousand_cases_for_every_caller(
    target: Target, tmp_path: Path
) -> None:
    callers = ("anonymous", "member", "admin")
    cases = sum(run_schemathesis(target, caller, tmp_path, *MANY_EXAMPLES) for caller in callers)
    print(f"{cases} cases")  # noqa: T201 - a measured figure
    assert cases >= MIN_CASES
