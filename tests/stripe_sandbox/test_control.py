"""The controls over HTTP, and the sandbox in a thread."""

from typing import Any

import httpx
import pytest

from adapters.stripe.sandbox import Sandbox, sandbox_in_thread
from tests.stripe_sandbox.buyer import checkout


async def command(sandbox: Sandbox, name: str, key: str | None = None, **given: Any) -> Any:
    headers = {"Authorization": f"Bearer {key or sandbox.api_key}"}
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        answer = await client.post(f"{sandbox.url}/_sandbox/{name}", json=given, headers=headers)
    return answer.json().get("result") if answer.is_success else answer.status_code


async def test_another_process_pays_and_reads_the_books(sandbox: Sandbox, client: Any) -> None:
    session = await checkout(client)
    assert (await command(sandbox, "pay", session_id=session.id))["payment_status"] == "paid"
    assert [one["amount"] for one in await command(sandbox, "ledger")] == [4_000]


async def test_another_process_moves_the_clock(sandbox: Sandbox, client: Any) -> None:
    session = await checkout(client)
    await command(sandbox, "advance", seconds=86_401)
    assert sandbox.get("checkout.session", session.id)["status"] == "expired"


async def test_another_process_writes_the_scripts(sandbox: Sandbox) -> None:
    await command(sandbox, "fault", kind="rate_limit", method="POST", path="/v1/refunds")
    await command(sandbox, "on_the_way", kind="drop", event_type="charge.*")
    assert sandbox.faults.take("POST", "/v1/refunds") is not None
    assert await command(sandbox, "fault", kind="earthquake") == 400


@pytest.mark.parametrize(
    "name, given, status",
    [("none", {}, 404), ("pay", {}, 400), ("pay", {"session_id": "cs_test_none"}, 400)],
)
async def test_a_wrong_command_is_refused(
    sandbox: Sandbox, name: str, given: dict[str, Any], status: int
) -> None:
    assert await command(sandbox, name, **given) == status


async def test_the_controls_need_the_key(sandbox: Sandbox) -> None:
    assert await command(sandbox, "ledger", key="sk_test_other") == 401


def test_a_later_run_has_other_ids() -> None:
    with sandbox_in_thread(ids_begin="a") as one, sandbox_in_thread(ids_begin="b") as other:
        assert one.url != other.url
        assert one.account.new_id("cus") != other.account.new_id("cus")
