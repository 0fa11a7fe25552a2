"""The README's walkthrough, executed verbatim against the service as `make serve` starts it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Serving, serving
from tests.readme.documents import ROOT, example, missing

README_ADDRESS = "API=http://127.0.0.1:8080\n"
BEGINNING = "docs/api/README.md"
# Any python3 works; this one is no wrapper script that looks up another interpreter on each of a
# hundred calls.
PYTHON3 = Path(sys.executable).parent
GUIDES = ["book-and-pay", "plan", "reschedule-and-cancel", "calendar", "webhooks"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving("--demo", cwd=tmp_path_factory.mktemp("walk")) as running:
        yield running


def walk(script: str, directory: Path) -> "subprocess.CompletedProcess[str]":
    """Run the whole script in one shell that stops at the first failing line."""
    return subprocess.run(
        [shutil.which("bash") or "bash", "-euo", "pipefail"],
        input=script,
        cwd=directory,
        env=os.environ | {"PATH": f"{PYTHON3}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


# The second run finds the data that the first one has left.
@pytest.mark.parametrize("time", ["first", "second"])
def test_the_walk_through_prints_what_the_readme_shows(
    served: Serving, tmp_path: Path, time: str
) -> None:
    shown = example("README.md", "sh", heading="A booking in a minute")
    assert shown.code.startswith(README_ADDRESS)
    walked = walk(shown.code.replace(README_ADDRESS, f"API={served.url}\n"), tmp_path)
    assert (walked.returncode, walked.stderr) == (0, ""), walked.stdout
    assert missing(shown.shown, walked.stdout) == [], walked.stdout


@pytest.mark.parametrize("guide", ["README", *GUIDES])
def test_the_api_guides_print_what_they_show(served: Serving, tmp_path: Path, guide: str) -> None:
    beginning = example(BEGINNING, "sh")
    shown = example(f"docs/api/{guide}.md", "sh")
    code = shown.code if shown == beginning else beginning.code + shown.code
    assert code.startswith(README_ADDRESS)
    walked = walk(code.replace(README_ADDRESS, f"API={served.url}\n"), tmp_path)
    assert (walked.returncode, walked.stderr) == (0, ""), walked.stdout
    assert missing(shown.shown, walked.stdout) == [], walked.stdout


def test_every_guide_is_executed() -> None:
    pages = {path.stem for path in (ROOT / "docs/api").glob("*.md")}
    assert pages == {"README", "versioning", *GUIDES}
