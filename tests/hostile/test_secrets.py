"""No secret leaks into the log, an error, the process list, or the OpenAPI document.

A user goes through the whole API with unmistakable secrets, at log level debug. Then everything
that the service has written is searched for these secrets.
"""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from sqlalchemy import make_url

from tests.hostile.conftest import SETTINGS, Target
from tests.processes import COWORK, Serving, clean_environment, cowork, get, post, serving

PASSWORD, WRONG_PASSWORD, NEW_PASSWORD = "Tall-giraffe-1", "Wrong-giraffe-2", "Next-giraffe-3"
CARD = "4242424242424242"
EMAIL = "secretive@example.com"


@pytest.fixture(scope="session")
def secrets(target: Target) -> dict[str, str]:
    """The secrets by name. All have been used when this returns."""
    with httpx.Client(base_url=target.url, timeout=30, verify=False) as client:
        return dict(_use_secrets(client)) | {
            "the password": PASSWORD,
            "a wrong password": WRONG_PASSWORD,
            "the new password": NEW_PASSWORD,
            "a card number": CARD,
            "the secret key": SETTINGS["SECRET_KEY"],
            "the database URL": target.dsn,
        }


def _use_secrets(client: httpx.Client) -> Iterator[tuple[str, str]]:
    user = {"email": EMAIL, "password": PASSWORD, "full_name": "Ada"}
    session = client.post("/auth/signup", json=user).json()
    yield from _tokens("first", session)
    client.post("/auth/login", json={"email": EMAIL, "password": WRONG_PASSWORD})
    # Invalid bodies: their values must not appear in the error or in its log line.
    for body in ({"email": EMAIL, "password": [CARD]}, {"email": EMAIL, "pin": CARD}):
        response = client.post("/auth/login", json=body)
        assert response.status_code == 400
        assert CARD not in response.text
    renewed = client.post("/auth/refresh", json={"refresh_token": session["refresh_token"]}).json()
    yield from _tokens("second", renewed)
    bearer = {"Authorization": f"Bearer {renewed['access_token']}"}
    feed = client.post("/api/calendar-feed", headers=bearer).json()["feed_url"]
    assert client.get(feed).status_code == 200
    yield "the calendar feed", feed.rpartition("/")[2].removesuffix(".ics")
    changed = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert client.post("/auth/password", json=changed, headers=bearer).status_code == 204
    client.get("/auth/me", headers={"Authorization": f"Bearer {renewed['access_token']}x"})
    client.post("/auth/password/reset", json={"token": PASSWORD, "new_password": WRONG_PASSWORD})
    client.post(
        "/api/webhooks/stripe", content=CARD, headers={"Stripe-Signature": f"t=1,v1={CARD}"}
    )
    assert client.get("/health").status_code == 200


def _tokens(name: str, session: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield f"the {name} access token", session["access_token"]
    yield f"the {name} refresh token", session["refresh_token"]


def test_no_log_line_contains_a_secret(target: Target, secrets: dict[str, str]) -> None:
    log = target.log
    assert "/auth/signup" in log
    assert [name for name, secret in secrets.items() if secret in log] == []


def test_no_process_has_a_secret_in_its_arguments(target: Target, secrets: dict[str, str]) -> None:
    service = target.served.process.pid
    processes = [psutil.Process(service), *psutil.Process(service).children(recursive=True)]
    command_lines = [" ".join(process.cmdline()) for process in processes]
    assert not [
        secret for secret in secrets.values() if any(secret in line for line in command_lines)
    ]


def test_the_openapi_document_contains_no_secret(target: Target, secrets: dict[str, str]) -> None:
    document = get(f"{target.url}/openapi.json", timeout=30).text
    assert not [secret for secret in secrets.values() if secret in document]
    for word in ("sk_live", "sk_test", "whsec_", "eyJhbGciOi"):
        assert word not in document


def test_credentials_for_other_services_do_not_leak(target: Target, tmp_path: Path) -> None:
    """Stripe and the mail server are unreachable, so their errors are logged."""
    keys = {
        "STRIPE_SECRET_KEY": "sk_test_Tallgiraffe4",
        "STRIPE_WEBHOOK_SECRET": "whsec_Tallgiraffe5",
        "SMTP_PASSWORD": "Tall-giraffe-6",
        "METRICS_TOKEN": "Tall-giraffe-7",
    }
    database_password = "Tall-giraffe-8"
    with socket.socket() as closed_socket:
        closed_socket.bind(("127.0.0.1", 0))
        port = closed_socket.getsockname()[1]
        variables = SETTINGS | keys | _unreachable_services(port)
        dsn = make_url(target.dsn).set(password=database_password)
        variables["DATABASE_URL"] = dsn.render_as_string(hide_password=False)
        with serving(cwd=tmp_path, variables=variables) as served:
            _cause_failures(served)
            command_line = " ".join(psutil.Process(served.process.pid).cmdline())
        checked = cowork("check", cwd=tmp_path, variables=variables)
    assert checked.returncode == 1
    output = "".join(served.output) + command_line + checked.stdout + checked.stderr
    secrets = {*keys.values(), database_password}
    assert [secret for secret in secrets if secret in output] == []


def _unreachable_services(port: int) -> dict[str, str]:
    return {
        "STRIPE_API_BASE": f"http://127.0.0.1:{port}",
        "STRIPE_HOT_DESK_PRICE_ID": "price_hot",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(port),
        "SMTP_TLS": "none",
        "SMTP_USER": "office",
        "SMTP_FROM": "office@house.example",
    }


def _cause_failures(served: Serving) -> None:
    user = {"email": "unlucky@example.com", "password": PASSWORD, "full_name": "Ada"}
    with httpx.Client(base_url=served.url, timeout=30, verify=False) as client:
        session = client.post("/auth/signup", json=user).json()
        bearer = {"Authorization": f"Bearer {session['access_token']}"}
        plan = {"plan_type": "HOT_DESK"}
        assert client.post("/api/billing/checkout", json=plan, headers=bearer).status_code == 502
        signed = {"Stripe-Signature": "t=1,v1=00"}
        webhook = client.post("/api/webhooks/stripe", content="{}", headers=signed)
        assert webhook.status_code == 400
        wrong_token = {"Authorization": "Bearer Tall-giraffe"}
        assert client.get("/metrics", headers=wrong_token).status_code == 401
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and "SMTPConnectError" not in "".join(served.output):
        time.sleep(0.05)


def test_a_password_reset_link_is_logged_only_as_part_of_its_mail(
    target: Target, secrets: dict[str, str], tmp_path: Path
) -> None:
    post(f"{target.url}/auth/password/forgot", json={"email": EMAIL}, timeout=30)
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
        [line] = islice((line for line in worker.stderr if "reset-password?token=" in line), 1)
        worker.terminate()
        rest = worker.stderr.read()
    assert json.loads(line)["logger"] == "cowork.mail"
    assert "reset-password?token=" not in rest + target.log


def test_a_client_cannot_forge_a_log_line(target: Target) -> None:
    """Neither with a path, a query, a header, nor a user agent."""
    forged = "/none%0A%7B%22event%22%3A%22forged%22%7D%1b%5b31m"
    headers = {"User-Agent": "x", "X-Request-ID": "forged one"}
    get(f"{target.url}{forged}", headers=headers, timeout=30)
    get(f"{target.url}/health", timeout=30)
    lines = [line for line in target.log.splitlines() if "forged" in line]
    assert len(lines) == 1
    assert json.loads(lines[0])["path"].startswith("/none%0A%7B%22event%22")
    assert "forged one" not in target.log
