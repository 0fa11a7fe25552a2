"""Scripted faults of API calls, as the SDK reports them."""

from typing import Any

import pytest
from stripe import APIConnectionError, APIError, RateLimitError, StripeError

from adapters.stripe.sandbox import FaultKind, Sandbox
from tests.stripe_sandbox.stripe_client import session_params, stripe_client

KEY = {"idempotency_key": "k"}


@pytest.mark.parametrize(
    "kind, error, is_executed",
    [
        (FaultKind.TIMEOUT_BEFORE, APIConnectionError, False),
        (FaultKind.TIMEOUT_AFTER, APIConnectionError, True),
        (FaultKind.RESET_BEFORE, APIConnectionError, False),
        (FaultKind.RESET_AFTER, APIConnectionError, True),
        (FaultKind.RATE_LIMIT, RateLimitError, False),
        (FaultKind.SERVER_ERROR, APIError, False),
        (FaultKind.SERVER_ERROR_AFTER, APIError, True),
    ],
)
async def test_a_scripted_fault_fails_the_call_and_the_retry_gets_the_first_result(
    sandbox: Sandbox, kind: FaultKind, error: type[StripeError], is_executed: bool
) -> None:
    sandbox.add_fault(kind, "POST", "/v1/checkout/sessions")
    async with stripe_client(sandbox, timeout_seconds=0.3) as client:
        with pytest.raises(error):
            await client.checkout.sessions.create_async(session_params(), KEY)
        assert len(sandbox.all("checkout.session")) == is_executed

        retried = await client.checkout.sessions.create_async(session_params(), KEY)

    assert [session["id"] for session in sandbox.all("checkout.session")] == [retried.id]
    assert [request.fault for request in sandbox.requests] == [kind, None]
    assert sandbox.requests[-1].is_replayed == is_executed


async def test_only_matching_calls_fail(sandbox: Sandbox, client: Any) -> None:
    sandbox.add_fault(FaultKind.SERVER_ERROR, "POST", "/v1/customers", nth=2, times=2)

    outcomes = []
    for _ in range(4):
        try:
            await client.customers.create_async({})
            outcomes.append(True)
        except APIError:
            outcomes.append(False)

    assert outcomes == [True, False, False, True]
    assert (await client.customers.list_async()).data


async def test_cleared_faults_no_longer_apply(sandbox: Sandbox, client: Any) -> None:
    sandbox.add_fault(FaultKind.RATE_LIMIT, times=100)
    sandbox.faults.clear()
    assert (await client.customers.create_async({})).id
