"""The fault script, as the SDK meets it."""

from typing import Any

import pytest
from stripe import APIConnectionError, APIError, RateLimitError, StripeError

from adapters.stripe.sandbox import FaultKind, Sandbox
from tests.stripe_sandbox.buyer import client_of, for_booking

KEY = {"idempotency_key": "k"}


@pytest.mark.parametrize(
    "kind, error, is_done",
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
async def test_a_call_goes_wrong_as_scripted_and_the_next_try_finds_what_was_done(
    sandbox: Sandbox, kind: FaultKind, error: type[StripeError], is_done: bool
) -> None:
    sandbox.fault(kind, "POST", "/v1/checkout/sessions")
    async with client_of(sandbox, within=0.3) as client:
        with pytest.raises(error):
            await client.checkout.sessions.create_async(for_booking(), KEY)
        assert len(sandbox.all("checkout.session")) == is_done

        again = await client.checkout.sessions.create_async(for_booking(), KEY)

    assert [one["id"] for one in sandbox.all("checkout.session")] == [again.id]
    assert [one.fault for one in sandbox.requests] == [kind, None]
    assert sandbox.requests[-1].is_replayed == is_done


async def test_only_the_calls_that_match_go_wrong(sandbox: Sandbox, client: Any) -> None:
    sandbox.fault(FaultKind.SERVER_ERROR, "POST", "/v1/customers", nth=2, times=2)

    outcomes = []
    for _ in range(4):
        try:
            await client.customers.create_async({})
            outcomes.append(True)
        except APIError:
            outcomes.append(False)

    assert outcomes == [True, False, False, True]
    assert (await client.customers.list_async()).data


async def test_a_cleared_script_is_over(sandbox: Sandbox, client: Any) -> None:
    sandbox.fault(FaultKind.RATE_LIMIT, times=100)
    sandbox.faults.clear()
    assert (await client.customers.create_async({})).id
