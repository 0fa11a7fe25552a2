"""The example in docs/library.md, run as it stands there."""

import subprocess
import sys

from tests.readme.documents import ROOT, example


def test_the_example_prints_what_the_document_says() -> None:
    told = example("docs/library.md", "python", heading="A house in memory")
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", told.code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == told.shown
