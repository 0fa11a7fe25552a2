"""Refunds never give back more than was charged."""

from typing import Any

import pytest
from stripe import InvalidRequestError

from adapters.stripe.sandbox import Sandbox
from tests.stripe_sandbox.buyer import checkout


@pytest.fixture
async def paid(sandbox: Sandbox, client: Any) -> str:
    """The payment intent of 40 dollars."""
    session = await checkout(client)
    intent: str = sandbox.pay(session.id)["payment_intent"]
    return intent


async def test_partial_refunds_sum_up(sandbox: Sandbox, client: Any, paid: str) -> None:
    await client.refunds.create_async({"payment_intent": paid, "amount": 1_500})
    await client.refunds.create_async({"payment_intent": paid})

    charge = (await client.charges.list_async({"payment_intent": paid})).data[0]
    assert (charge.amount_refunded, charge.refunded) == (4_000, True)
    assert sandbox.balance() == 0
    amounts = [
        one["data"]["object"]["amount_refunded"] for one in sandbox.events("charge.refunded")
    ]
    assert amounts == [1_500, 4_000]


async def test_more_than_is_left_is_refused(sandbox: Sandbox, client: Any, paid: str) -> None:
    await client.refunds.create_async({"payment_intent": paid, "amount": 1_500})
    with pytest.raises(InvalidRequestError, match="greater than unrefunded amount"):
        await client.refunds.create_async({"payment_intent": paid, "amount": 2_501})
    assert sandbox.balance() == 2_500


async def test_what_is_refunded_in_full_is_refused(client: Any, paid: str) -> None:
    await client.refunds.create_async({"payment_intent": paid})
    with pytest.raises(InvalidRequestError) as refused:
        await client.refunds.create_async({"payment_intent": paid, "amount": 1})
    assert refused.value.code == "charge_already_refunded"


async def test_the_dashboard_refunds_without_being_asked(
    sandbox: Sandbox, client: Any, paid: str
) -> None:
    made = sandbox.refund(paid, 700)
    listed = await client.refunds.list_async({"payment_intent": paid})
    assert [one.id for one in listed.data] == [made["id"]]
    assert sandbox.balance() == 3_300


async def test_a_refund_that_the_bank_sends_back_is_no_refund(
    sandbox: Sandbox, client: Any, paid: str
) -> None:
    made = await client.refunds.create_async({"payment_intent": paid})
    sandbox.fail_refund(made.id)
    assert (await client.refunds.retrieve_async(made.id)).status == "failed"
    assert sandbox.balance() == 4_000
