"""Stripe's rules for idempotency keys."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from stripe import APIError, CardError, IdempotencyError, InvalidRequestError, StripeError

from adapters.stripe.sandbox import FaultKind, Sandbox
from tests.stripe_sandbox.stripe_client import create_session, session_params

KEY = {"idempotency_key": "booking-b-1"}


async def test_the_same_key_with_the_same_parameters_gets_the_same_response(
    sandbox: Sandbox, client: Any
) -> None:
    first = await client.checkout.sessions.create_async(session_params(), KEY)
    repeated = await client.checkout.sessions.create_async(session_params(), KEY)

    assert repeated.id == first.id
    assert repeated.last_response.headers["idempotent-replayed"] == "true"
    assert len(sandbox.all("checkout.session")) == 1
    assert [request.is_replayed for request in sandbox.requests] == [False, True]


async def test_the_same_key_with_other_parameters_is_rejected(client: Any) -> None:
    await client.checkout.sessions.create_async(session_params(), KEY)
    with pytest.raises(IdempotencyError) as error:
        await client.checkout.sessions.create_async(session_params(5_000), KEY)
    assert error.value.http_status == 400


async def test_a_key_in_use_is_rejected(sandbox: Sandbox, client: Any) -> None:
    sandbox.add_fault(FaultKind.SLOW, "POST", seconds=0.3)

    results = await asyncio.gather(
        client.checkout.sessions.create_async(session_params(), KEY),
        client.checkout.sessions.create_async(session_params(), KEY),
        return_exceptions=True,
    )

    errors = [result for result in results if isinstance(result, StripeError)]
    assert [error.http_status for error in errors] == [409]
    assert "idempotency_key_in_use" in str(errors[0].http_body)
    assert len(sandbox.all("checkout.session")) == 1


async def test_concurrent_refunds_with_one_key_create_one_refund(
    sandbox: Sandbox, client: Any
) -> None:
    session = await create_session(client)
    intent = sandbox.pay(session.id)["payment_intent"]
    params = {"payment_intent": intent, "amount": 100}

    results = await asyncio.gather(
        *(client.refunds.create_async(params, KEY) for _ in range(10)), return_exceptions=True
    )

    rejections = (CardError, InvalidRequestError)
    assert not [result for result in results if isinstance(result, rejections)]
    assert sandbox.balance() == 3_900


async def test_an_invalid_parameter_does_not_use_up_the_key(client: Any) -> None:
    with pytest.raises(InvalidRequestError):
        await client.checkout.sessions.create_async(session_params() | {"colour": "red"}, KEY)
    assert (await client.checkout.sessions.create_async(session_params(), KEY)).status == "open"


async def test_a_server_error_may_be_saved_for_the_key(sandbox: Sandbox, client: Any) -> None:
    sandbox.add_fault(FaultKind.SERVER_ERROR_SAVED, "POST")
    for _ in range(2):
        with pytest.raises(APIError):
            await client.checkout.sessions.create_async(session_params(), KEY)
    assert sandbox.all("checkout.session") == []


async def test_a_key_expires_after_a_day(sandbox: Sandbox, client: Any) -> None:
    first = await client.checkout.sessions.create_async(session_params(), KEY)
    sandbox.advance(timedelta(days=1))
    assert (await client.checkout.sessions.create_async(session_params(), KEY)).id != first.id
