"""`make test-stripe` never touches an account that moves real money, nor runs without a key."""

import subprocess
from pathlib import Path

import pytest

from tests.processes import clean_environment

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("key", ["", "sk_live_1234", "whsec_1234"])
def test_without_a_test_key_it_prints_an_error_in_one_line(key: str) -> None:
    done = subprocess.run(
        ["make", "--silent", "test-stripe"],
        cwd=ROOT,
        env=clean_environment(STRIPE_SECRET_KEY=key),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    said, by_make = done.stderr.splitlines()
    assert said.startswith("make test-stripe needs the secret key of a Stripe test account")
    assert "Error 1" in by_make
    assert (done.stdout, done.returncode == 0) == ("", False)
