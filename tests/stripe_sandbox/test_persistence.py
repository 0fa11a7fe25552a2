"""The state file: a later sandbox, and a restarted demo, continue from it."""

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
from tests.entities import a_user, save_all
from tests.processes import SECRET, post, serving
from tests.stripe_sandbox.stripe_client import create_plan_session, create_session, stripe_client

SIGNUP = {"email": "mia@house.test", "password": "a long enough password", "full_name": "Mia"}


async def create_objects(sandbox: Sandbox, key: str) -> None:
    """Create payments, refunds, subscriptions, events and an idempotency key."""
    async with stripe_client(sandbox) as client:
        paid = sandbox.pay((await create_session(client)).id)
        await client.refunds.create_async(
            {"payment_intent": paid["payment_intent"], "amount": 100}, {"idempotency_key": key}
        )
        sandbox.pay((await create_plan_session(client, sandbox.price_ids[0])).id)
        await create_session(client)


async def test_a_later_sandbox_restores_the_whole_state(tmp_path: Path) -> None:
    file = tmp_path / "new" / "sandbox.json"
    with sandbox_in_thread(state_file=StateFile(file), id_namespace="a") as sandbox:
        await create_objects(sandbox, "first")
        state, url = sandbox.state(), sandbox.url
    with sandbox_in_thread(state_file=StateFile(file), id_namespace="b") as sandbox:
        assert (sandbox.state(), sandbox.url) == (state, url)
        assert sandbox.balance() > 0
        await create_objects(sandbox, "second")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_the_format_of_the_state_file_is_stable(tmp_path: Path) -> None:
    """Files of earlier versions are in use, so these keys cannot change."""
    private = {"cs_test_000001": {"items": [], "inner": {"metadata": {}, "description": None}}}
    state = {
        "url": "http://127.0.0.1:0",
        "account": {
            "objects": {"customer": {"cus_1": {"id": "cus_1", "object": "customer"}}},
            "private": private,
            "ledger": [],
        },
        "keys": {
            "key-1": {
                "asked": '["POST", "/v1/customers", {}]',
                "began_at": 1_800_000_000,
                "answer": {
                    "status": 200,
                    "document": {"id": "cus_1"},
                    "request_id": "req_000001",
                    "headers": {},
                },
            }
        },
    }
    file = tmp_path / "sandbox.json"
    file.write_text(json.dumps(state))
    with sandbox_in_thread(state_file=StateFile(file)) as sandbox:
        assert sandbox.get("customer", "cus_1")["object"] == "customer"
    assert json.loads(file.read_text()) == state | {"url": sandbox.url}


@pytest.mark.parametrize("text", ["", "[]", '{"url": "http://127.0.0.1:1"}', "\x00"])
def test_an_invalid_state_file_is_replaced_by_an_empty_state(tmp_path: Path, text: str) -> None:
    file = tmp_path / "sandbox.json"
    file.write_text(text)
    with sandbox_in_thread(state_file=StateFile(file)) as sandbox:
        assert sandbox.all("customer") == []
    assert json.loads(file.read_text())["url"] == sandbox.url


def test_a_sandbox_takes_another_port_if_its_own_is_in_use(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.json"
    with sandbox_in_thread(state_file=StateFile(file)) as first:
        first_url = first.url
    assert StateFile(file).port
    with (
        sandbox_in_thread(state_file=StateFile(file)) as first,
        sandbox_in_thread(state_file=StateFile(file)) as second,
    ):
        assert first.url == first_url != second.url


async def add_user(dsn: str) -> None:
    """The demo does not generate its data, which is slow, in a database that has a user."""
    database = await PostgresDatabase.connect(dsn, pool_size=1)
    await save_all(database.unit_of_work, a_user())
    await database.close()


def test_a_killed_demo_has_its_stripe_customers_after_a_restart(
    tmp_path: Path, empty_database_18: str
) -> None:
    asyncio.run(add_user(empty_database_18))
    variables = {"DATABASE_URL": empty_database_18, "SECRET_KEY": SECRET}
    file = tmp_path / ".cowork" / "stripe_sandbox.json"
    with serving("--demo", cwd=tmp_path, variables=variables) as served:
        token = post(f"{served.url}/auth/signup", json=SIGNUP).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=served.url, headers=headers, timeout=20, verify=False) as client:
            response = client.post("/api/billing/checkout", json={"plan_type": "HOT_DESK"})
            assert response.status_code == 200, response.text
        deadline = time.monotonic() + 10
        while not file.exists() or response.json()["session_id"] not in file.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        served.end(signal.SIGKILL)
    with (
        serving("--demo", cwd=tmp_path, variables=variables) as served,
        httpx.Client(base_url=served.url, headers=headers, timeout=20, verify=False) as client,
    ):
        response = client.post("/api/billing/portal")
        assert response.status_code == 200, response.text
