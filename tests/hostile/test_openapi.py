"""The service and its OpenAPI document, tried against each other by schemathesis, all its checks.

No 5xx, no answer that the document does not have, no request that it calls valid refused for its
form or one that it calls invalid let through, and nothing without a token where one is needed.
"""

import re
import subprocess
from pathlib import Path

import pytest

from tests.hostile.conftest import Target, token_of
from tests.processes import COWORK, clean_environment

ROOT = Path(__file__).parents[2]
SCHEMATHESIS = COWORK.with_name("schemathesis")
ALWAYS = ("--continue-on-failure", "--suppress-health-check", "all", "--no-shrink")
A_FEW = ("--phases", "fuzzing,stateful", "--max-examples", "2", "--seed", "8")
MANY = ("--max-examples", "150")
ENOUGH_CASES = 20_000


def cases_tried(target: Target, caller: str, cwd: Path, *options: str) -> int:
    """Try the whole document as that caller; how many cases that made. Fails on any finding."""
    token = (
        () if caller == "nobody" else ("-H", f"Authorization: Bearer {token_of(target, caller)}")
    )
    config = Path(__file__).with_name("schemathesis.toml")
    run = subprocess.run(
        [
            *(SCHEMATHESIS, "--no-color", "--config-file", config),
            *("run", f"{target.url}/openapi.json", *ALWAYS, *token, *options),
        ],
        cwd=cwd,
        # It may find all that the tests have.
        env=clean_environment(SCHEMATHESIS_HOOKS="tests.hostile.hooks", PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    found = re.search(r"(\d+) generated", run.stdout)
    assert found is not None, run.stdout
    return int(found[1])


def test_the_service_does_what_its_document_says(target: Target, tmp_path: Path) -> None:
    assert cases_tried(target, "admin", tmp_path, *A_FEW) > 100


@pytest.mark.soak
def test_it_does_so_in_twenty_thousand_cases_whoever_calls(target: Target, tmp_path: Path) -> None:
    callers = ("nobody", "member", "admin")
    cases = sum(cases_tried(target, caller, tmp_path, *MANY) for caller in callers)
    print(f"{cases} cases")  # noqa: T201 - for who measures
    assert cases >= ENOUGH_CASES
