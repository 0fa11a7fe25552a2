"""The control commands over HTTP, and sandboxes in threads."""

from typing import Any

import httpx
import pytest

from adapters.stripe.sandbox import Sandbox, sandbox_in_thread
from tests.stripe_sandbox.stripe_client import create_session


async def command(sandbox: Sandbox, name: str, key: str | None = None, **arguments: Any) -> Any:
    headers = {"Authorization": f"Bearer {key or sandbox.api_key}"}
    async with httpx.AsyncClient(trust_env=False, verify=False) as client:
        response = await client.post(
            f"{sandbox.url}/_sandbox/{name}", json=arguments, headers=headers
        )
    return response.json().get("result") if response.is_success else response.status_code


async def test_another_process_pays_and_reads_the_ledger(sandbox: Sandbox, client: Any) -> None:
    session = await create_session(client)
    assert (await command(sandbox, "pay", session_id=session.id))["payment_status"] == "paid"
    assert [entry["amount"] for entry in await command(sandbox, "ledger")] == [4_000]


async def test_another_process_advances_the_clock(sandbox: Sandbox, client: Any) -> None:
    session = await create_session(client)
    await command(sandbox, "advance", seconds=86_401)
    assert sandbox.get("checkout.session", session.id)["status"] == "expired"


async def test_another_process_scripts_faults_and_deliveries(sandbox: Sandbox) -> None:
    await command(sandbox, "fault", kind="rate_limit", method="POST", path="/v1/refunds")
    await command(sandbox, "on_the_way", kind="drop", event_type="charge.*")
    assert sandbox.faults.fault_for("POST", "/v1/refunds") is not None
    assert await command(sandbox, "fault", kind="earthquake") == 400


@pytest.mark.parametrize(
    "name, arguments, status",
    [("none", {}, 404), ("pay", {}, 400), ("pay", {"session_id": "cs_test_none"}, 400)],
)
async def test_an_invalid_command_is_rejected(
    sandbox: Sandbox, name: str, arguments: dict[str, Any], status: int
) -> None:
    assert await command(sandbox, name, **arguments) == status


async def test_the_commands_require_the_api_key(sandbox: Sandbox) -> None:
    assert await command(sandbox, "ledger", key="sk_test_other") == 401


def test_another_namespace_gives_other_ids() -> None:
    with (
        sandbox_in_thread(id_namespace="a") as first,
        sandbox_in_thread(id_namespace="b") as second,
    ):
        assert first.url != second.url
        assert first.account.new_id("cus") != second.account.new_id("cus")
