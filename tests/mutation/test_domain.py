"""Mutation testing: how many mutants of `domain` its unit tests kill."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.readme.documents import ROOT

MUTMUT = Path(sys.executable).with_name("mutmut")
MIN_KILLED_PERCENT = 80
"""Of the mutants that a test reaches. `docs/testing.md` has the figures by module."""


@pytest.mark.soak
def test_the_unit_tests_kill_the_mutants_of_the_domain() -> None:
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    for command in ("run", "export-cicd-stats"):
        subprocess.run(
            [MUTMUT, command],
            cwd=ROOT,
            env=os.environ | {"HYPOTHESIS_PROFILE": "default"},
            check=True,
            stdout=subprocess.DEVNULL,
        )
    figures = json.loads((ROOT / "mutants/mutmut-cicd-stats.json").read_text())
    reached = figures["total"] - figures["no_tests"] - figures["skipped"]
    killed = figures["killed"] + figures["timeout"]
    assert reached
    assert 100 * killed >= MIN_KILLED_PERCENT * reached, figures
