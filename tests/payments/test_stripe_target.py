"""`make test-stripe` needs a key, and never uses an account that moves real money."""

import subprocess
from pathlib import Path

import pytest

from tests.processes import clean_environment

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("key", ["", "sk_live_1234", "whsec_1234"])
def test_without_a_test_key_it_prints_one_line_and_fails(key: str) -> None:
    done = subprocess.run(
        ["make", "--silent", "test-stripe"],
        cwd=ROOT,
        env=clean_environment(STRIPE_SECRET_KEY=key),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    message, make_error = done.stderr.splitlines()
    assert message.startswith("make test-stripe needs the secret key of a Stripe test account")
    assert "Error 1" in make_error
    assert (done.stdout, done.returncode == 0) == ("", False)
