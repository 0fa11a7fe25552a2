"""No secret gets out: not into the log, an error, the process list, or the document.

A person lives a whole life with secrets that can be told from all else, at the log's most talkative
level; then everything that the service wrote is searched for them.
"""

import json
import subprocess
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.hostile.conftest import SETTINGS, Target
from tests.processes import COWORK, clean_environment

PASSWORD, WRONG, NEXT = "Tall-giraffe-1", "Wrong-giraffe-2", "Next-giraffe-3"
CARD = "4242424242424242"
EMAIL = "secretive@example.com"


@pytest.fixture(scope="session")
def secrets(target: Target) -> dict[str, str]:
    """By what they are. All have been used by the time that this returns."""
    with httpx.Client(base_url=target.url, timeout=30) as client:
        return dict(_lived(client)) | {
            "the password": PASSWORD,
            "a wrong password": WRONG,
            "the next password": NEXT,
            "a card": CARD,
            "the key": SETTINGS["SECRET_KEY"],
            "the database's address": target.dsn,
        }


def _lived(client: httpx.Client) -> Iterator[tuple[str, str]]:
    person = {"email": EMAIL, "password": PASSWORD, "full_name": "Ada"}
    session = client.post("/auth/signup", json=person).json()
    yield from _tokens("first", session)
    client.post("/auth/login", json={"email": EMAIL, "password": WRONG})
    # Bodies that fail: what was typed must not come back in the refusal, nor in its log line.
    for body in ({"email": EMAIL, "password": [CARD]}, {"email": EMAIL, "pin": CARD}):
        refused = client.post("/auth/login", json=body)
        assert refused.status_code == 400
        assert CARD not in refused.text
    renewed = client.post("/auth/refresh", json={"refresh_token": session["refresh_token"]}).json()
    yield from _tokens("second", renewed)
    bearer = {"Authorization": f"Bearer {renewed['access_token']}"}
    feed = client.post("/api/calendar-feed", headers=bearer).json()["feed_url"]
    assert client.get(feed).status_code == 200
    yield "the calendar feed", feed.rpartition("/")[2].removesuffix(".ics")
    changed = {"current_password": PASSWORD, "new_password": NEXT}
    assert client.post("/auth/password", json=changed, headers=bearer).status_code == 204
    client.get("/auth/me", headers={"Authorization": f"Bearer {renewed['access_token']}x"})
    client.post("/auth/password/reset", json={"token": PASSWORD, "new_password": WRONG})
    client.post(
        "/api/webhooks/stripe", content=CARD, headers={"Stripe-Signature": f"t=1,v1={CARD}"}
    )
    assert client.get("/health").status_code == 200


def _tokens(name: str, session: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield f"the {name} access token", session["access_token"]
    yield f"the {name} refresh token", session["refresh_token"]


def test_nothing_that_was_logged_has_a_secret(target: Target, secrets: dict[str, str]) -> None:
    told = target.told
    assert "/auth/signup" in told
    assert [name for name, secret in secrets.items() if secret in told] == []


def test_no_process_shows_a_secret_in_its_arguments(
    target: Target, secrets: dict[str, str]
) -> None:
    service = target.served.process.pid
    processes = [psutil.Process(service), *psutil.Process(service).children(recursive=True)]
    shown = [" ".join(process.cmdline()) for process in processes]
    assert not [secret for secret in secrets.values() if any(secret in line for line in shown)]


def test_the_document_and_its_examples_have_none(target: Target, secrets: dict[str, str]) -> None:
    document = httpx.get(f"{target.url}/openapi.json", timeout=30).text
    assert not [secret for secret in secrets.values() if secret in document]
    for word in ("sk_live", "sk_test", "whsec_", "eyJhbGciOi"):
        assert word not in document


def test_a_link_to_a_new_password_is_logged_only_as_the_mail_that_it_stands_for(
    target: Target, secrets: dict[str, str], tmp_path: Path
) -> None:
    httpx.post(f"{target.url}/auth/password/forgot", json={"email": EMAIL}, timeout=30)
    variables = SETTINGS | {"DATABASE_URL": target.dsn}
    with subprocess.Popen(
        [COWORK, "worker"],
        cwd=tmp_path,
        env=clean_environment(**variables),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stderr is not None
        [line] = islice((one for one in worker.stderr if "reset-password?token=" in one), 1)
        worker.terminate()
        rest = worker.stderr.read()
    assert json.loads(line)["logger"] == "cowork.mail"
    assert "reset-password?token=" not in rest + target.told


def test_nobody_forges_a_line_of_the_log(target: Target) -> None:
    """By a path, a query, a header, or what a client calls itself."""
    forged = "/none%0A%7B%22event%22%3A%22forged%22%7D%1b%5b31m"
    headers = {"User-Agent": "x", "X-Request-ID": "forged one"}
    httpx.get(f"{target.url}{forged}", headers=headers, timeout=30)
    httpx.get(f"{target.url}/health", timeout=30)
    lines = [line for line in target.told.splitlines() if "forged" in line]
    assert len(lines) == 1
    assert json.loads(lines[0])["path"].startswith("/none%0A%7B%22event%22")
    assert "forged one" not in target.told
