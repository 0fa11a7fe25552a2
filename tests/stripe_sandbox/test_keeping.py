"""A sandbox that ends goes on as the next one, and so does the demo with it."""

import asyncio
import json
import signal
import stat
import time
from pathlib import Path

import httpx
import pytest

from adapters.postgres import PostgresDatabase
from adapters.stripe.sandbox import Sandbox, StateFile, sandbox_in_thread
from tests.entities import a_user, given
from tests.processes import SECRET, post, serving
from tests.stripe_sandbox.buyer import checkout, client_of, plan_checkout

PERSON = {"email": "mia@house.test", "password": "a long enough password", "full_name": "Mia"}


async def a_life(sandbox: Sandbox, key: str) -> None:
    """Something of all that it may know: keys, payments, refunds, plans, events."""
    async with client_of(sandbox) as client:
        paid = sandbox.pay((await checkout(client)).id)
        await client.refunds.create_async(
            {"payment_intent": paid["payment_intent"], "amount": 100}, {"idempotency_key": key}
        )
        sandbox.pay((await plan_checkout(client, sandbox.price_ids[0])).id)
        await checkout(client)


async def test_the_next_one_knows_all_that_the_last_one_did(tmp_path: Path) -> None:
    file = tmp_path / "new" / "sandbox.json"
    with sandbox_in_thread(state_file=StateFile(file), ids_begin="a") as sandbox:
        await a_life(sandbox, "first")
        known, url = sandbox.state(), sandbox.url
    with sandbox_in_thread(state_file=StateFile(file), ids_begin="b") as sandbox:
        assert (sandbox.state(), sandbox.url) == (known, url)
        assert sandbox.balance() > 0
        await a_life(sandbox, "second")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("text", ["", "[]", '{"url": "http://127.0.0.1:1"}', "\x00"])
def test_what_is_no_state_is_begun_anew(tmp_path: Path, text: str) -> None:
    file = tmp_path / "sandbox.json"
    file.write_text(text)
    with sandbox_in_thread(state_file=StateFile(file)) as sandbox:
        assert sandbox.all("customer") == []
    assert json.loads(file.read_text())["url"] == sandbox.url


def test_where_another_listens_it_takes_another_address(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.json"
    with sandbox_in_thread(state_file=StateFile(file)) as first:
        first_url = first.url
    assert StateFile(file).port
    with (
        sandbox_in_thread(state_file=StateFile(file)) as first,
        sandbox_in_thread(state_file=StateFile(file)) as second,
    ):
        assert first.url == first_url != second.url


async def somebody_in(dsn: str) -> None:
    """The demo fills no house that somebody is in, which takes long."""
    database = await PostgresDatabase.connect(dsn, pool_size=1)
    await given(database.unit_of_work, a_user())
    await database.close()


def test_a_demo_that_was_killed_knows_its_customers_when_it_is_back(
    tmp_path: Path, empty_database_18: str
) -> None:
    asyncio.run(somebody_in(empty_database_18))
    variables = {"DATABASE_URL": empty_database_18, "SECRET_KEY": SECRET}
    file = tmp_path / ".cowork" / "stripe_sandbox.json"
    with serving("--demo", cwd=tmp_path, variables=variables) as served:
        token = post(f"{served.url}/auth/signup", json=PERSON).json()["access_token"]
        signed_in = {"Authorization": f"Bearer {token}"}
        with httpx.Client(
            base_url=served.url, headers=signed_in, timeout=20, verify=False
        ) as client:
            answer = client.post("/api/billing/checkout", json={"plan_type": "HOT_DESK"})
            assert answer.status_code == 200, answer.text
        deadline = time.monotonic() + 10
        while not file.exists() or answer.json()["session_id"] not in file.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        served.end(signal.SIGKILL)
    with (
        serving("--demo", cwd=tmp_path, variables=variables) as served,
        httpx.Client(base_url=served.url, headers=signed_in, timeout=20, verify=False) as client,
    ):
        answer = client.post("/api/billing/portal")
        assert answer.status_code == 200, answer.text
