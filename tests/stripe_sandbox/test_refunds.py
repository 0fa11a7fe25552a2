"""Refunds never exceed the charged amount."""

from typing import Any

import pytest
from stripe import InvalidRequestError

from adapters.stripe.sandbox import Sandbox
from tests.stripe_sandbox.stripe_client import create_session


@pytest.fixture
async def payment_intent(sandbox: Sandbox, client: Any) -> str:
    """A succeeded payment intent of 40 dollars."""
    session = await create_session(client)
    intent: str = sandbox.pay(session.id)["payment_intent"]
    return intent


async def test_partial_refunds_add_up(sandbox: Sandbox, client: Any, payment_intent: str) -> None:
    await client.refunds.create_async({"payment_intent": payment_intent, "amount": 1_500})
    await client.refunds.create_async({"payment_intent": payment_intent})

    charge = (await client.charges.list_async({"payment_intent": payment_intent})).data[0]
    assert (charge.amount_refunded, charge.refunded) == (4_000, True)
    assert sandbox.balance() == 0
    amounts = [
        event["data"]["object"]["amount_refunded"] for event in sandbox.events("charge.refunded")
    ]
    assert amounts == [1_500, 4_000]


async def test_more_than_the_unrefunded_amount_is_rejected(
    sandbox: Sandbox, client: Any, payment_intent: str
) -> None:
    await client.refunds.create_async({"payment_intent": payment_intent, "amount": 1_500})
    with pytest.raises(InvalidRequestError, match="greater than unrefunded amount"):
        await client.refunds.create_async({"payment_intent": payment_intent, "amount": 2_501})
    assert sandbox.balance() == 2_500


async def test_refunding_a_fully_refunded_charge_is_rejected(
    client: Any, payment_intent: str
) -> None:
    await client.refunds.create_async({"payment_intent": payment_intent})
    with pytest.raises(InvalidRequestError) as error:
        await client.refunds.create_async({"payment_intent": payment_intent, "amount": 1})
    assert error.value.code == "charge_already_refunded"


async def test_a_refund_from_the_dashboard_is_listed(
    sandbox: Sandbox, client: Any, payment_intent: str
) -> None:
    refund = sandbox.refund(payment_intent, 700)
    listed = await client.refunds.list_async({"payment_intent": payment_intent})
    assert [listed_refund.id for listed_refund in listed.data] == [refund["id"]]
    assert sandbox.balance() == 3_300


async def test_a_failed_refund_restores_the_balance(
    sandbox: Sandbox, client: Any, payment_intent: str
) -> None:
    refund = await client.refunds.create_async({"payment_intent": payment_intent})
    sandbox.fail_refund(refund.id)
    assert (await client.refunds.retrieve_async(refund.id)).status == "failed"
    assert sandbox.balance() == 4_000
