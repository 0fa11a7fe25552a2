"""Stripe's rules for idempotency keys."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from stripe import APIError, CardError, IdempotencyError, InvalidRequestError, StripeError

from adapters.stripe.sandbox import FaultKind, Sandbox
from tests.stripe_sandbox.buyer import checkout, for_booking

KEY = {"idempotency_key": "booking-b-1"}


async def test_the_same_key_with_the_same_parameters_gets_the_same_answer(
    sandbox: Sandbox, client: Any
) -> None:
    first = await client.checkout.sessions.create_async(for_booking(), KEY)
    again = await client.checkout.sessions.create_async(for_booking(), KEY)

    assert again.id == first.id
    assert again.last_response.headers["idempotent-replayed"] == "true"
    assert len(sandbox.all("checkout.session")) == 1
    assert [one.is_replayed for one in sandbox.requests] == [False, True]


async def test_the_same_key_with_other_parameters_is_refused(client: Any) -> None:
    await client.checkout.sessions.create_async(for_booking(), KEY)
    with pytest.raises(IdempotencyError) as refused:
        await client.checkout.sessions.create_async(for_booking(5_000), KEY)
    assert refused.value.http_status == 400


async def test_a_key_in_use_is_refused(sandbox: Sandbox, client: Any) -> None:
    sandbox.fault(FaultKind.SLOW, "POST", seconds=0.3)

    answers = await asyncio.gather(
        client.checkout.sessions.create_async(for_booking(), KEY),
        client.checkout.sessions.create_async(for_booking(), KEY),
        return_exceptions=True,
    )

    refused = [one for one in answers if isinstance(one, StripeError)]
    assert [one.http_status for one in refused] == [409]
    assert "idempotency_key_in_use" in str(refused[0].http_body)
    assert len(sandbox.all("checkout.session")) == 1


async def test_a_parallel_refund_with_one_key_is_made_once(sandbox: Sandbox, client: Any) -> None:
    session = await checkout(client)
    intent = sandbox.pay(session.id)["payment_intent"]
    wanted = {"payment_intent": intent, "amount": 100}

    answers = await asyncio.gather(
        *(client.refunds.create_async(wanted, KEY) for _ in range(10)), return_exceptions=True
    )

    assert not [one for one in answers if isinstance(one, (CardError, InvalidRequestError))]
    assert sandbox.balance() == 3_900


async def test_a_refused_parameter_does_not_use_the_key_up(client: Any) -> None:
    with pytest.raises(InvalidRequestError):
        await client.checkout.sessions.create_async(for_booking() | {"colour": "red"}, KEY)
    assert (await client.checkout.sessions.create_async(for_booking(), KEY)).status == "open"


async def test_a_server_error_may_be_kept_for_the_key(sandbox: Sandbox, client: Any) -> None:
    sandbox.fault(FaultKind.SERVER_ERROR_KEPT, "POST")
    for _ in range(2):
        with pytest.raises(APIError):
            await client.checkout.sessions.create_async(for_booking(), KEY)
    assert sandbox.all("checkout.session") == []


async def test_a_key_is_free_again_after_a_day(sandbox: Sandbox, client: Any) -> None:
    first = await client.checkout.sessions.create_async(for_booking(), KEY)
    sandbox.advance(timedelta(days=1))
    assert (await client.checkout.sessions.create_async(for_booking(), KEY)).id != first.id
