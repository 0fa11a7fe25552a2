"""Events on their way to the webhook."""

import json
import time
from typing import Any

import pytest
from stripe import SignatureVerificationError, Webhook

from adapters.stripe.sandbox import DeliveryKind, Sandbox
from tests.stripe_sandbox.buyer import checkout
from tests.stripe_sandbox.receiver import SECRET, Receiver

PAID = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
]


async def paid(sandbox: Sandbox, client: Any) -> None:
    session = await checkout(client)
    sandbox.pay(session.id)


async def test_events_come_in_order_and_are_signed(
    sandbox: Sandbox, client: Any, receiver: Receiver
) -> None:
    await paid(sandbox, client)
    await sandbox.settled()
    assert receiver.types() == PAID


async def test_a_signature_is_by_the_secret_and_over_the_body(
    sandbox: Sandbox, client: Any
) -> None:
    await paid(sandbox, client)
    body, header = sandbox.signed(sandbox.events()[-1])
    verify: Any = Webhook.construct_event
    assert verify(body, header, SECRET).type == PAID[-1]
    for wrong in ((body + b" ", header, SECRET), (body, header, "whsec_other")):
        with pytest.raises(SignatureVerificationError):
            verify(*wrong)
    with pytest.raises(SignatureVerificationError):
        verify(body, sandbox.sign(body, at=time.time() - 301), SECRET)


async def test_an_event_comes_again_until_it_is_taken(
    sandbox: Sandbox, client: Any, receiver: Receiver
) -> None:
    receiver.statuses = [500, 503]
    await paid(sandbox, client)
    await sandbox.settled()
    assert sorted(set(receiver.types())) == sorted(PAID)
    assert [one.status for one in sandbox.deliveries.attempts].count(200) == 4


async def test_an_event_that_is_never_taken_is_given_up(
    sandbox: Sandbox, client: Any, receiver: Receiver
) -> None:
    receiver.statuses = [500] * 100
    await paid(sandbox, client)
    await sandbox.settled()
    assert len(receiver.received) == 4 * len(PAID)


async def test_events_are_dropped(sandbox: Sandbox, client: Any, receiver: Receiver) -> None:
    sandbox.on_the_way(DeliveryKind.DROP)
    await paid(sandbox, client)
    await sandbox.settled()
    assert receiver.received == []
    assert [event["type"] for event in sandbox.deliveries.dropped] == PAID


async def test_events_are_duplicated(sandbox: Sandbox, client: Any, receiver: Receiver) -> None:
    sandbox.on_the_way(DeliveryKind.DUPLICATE, "checkout.*", copies=3)
    await paid(sandbox, client)
    await sandbox.settled()
    assert receiver.types() == [*PAID[:-1], *PAID[-1:] * 3]


async def test_an_event_is_delayed(sandbox: Sandbox, client: Any, receiver: Receiver) -> None:
    sandbox.on_the_way(DeliveryKind.DELAY, "charge.succeeded", times=1, seconds=0.1)
    await paid(sandbox, client)
    await sandbox.settled()
    assert receiver.types() == [PAID[0], *PAID[2:], PAID[1]]


async def test_held_events_come_in_the_order_of_their_release(
    sandbox: Sandbox, client: Any, receiver: Receiver
) -> None:
    sandbox.on_the_way(DeliveryKind.HOLD)
    await paid(sandbox, client)
    await sandbox.settled()
    assert receiver.received == []
    ids = [event["id"] for event in sandbox.deliveries.held]

    sandbox.release([*reversed(ids), ids[-1]])
    await sandbox.settled()

    assert receiver.types() == [*reversed(PAID), PAID[-1]]


async def test_one_event_is_sent_many_times_side_by_side(
    sandbox: Sandbox, client: Any, receiver: Receiver
) -> None:
    await paid(sandbox, client)
    await sandbox.settled()
    receiver.received.clear()
    event = sandbox.events("checkout.session.completed")[0]

    sandbox.resend(event["id"], times=32)
    await sandbox.settled()

    assert [json.loads(body)["id"] for body, _ in receiver.received] == [event["id"]] * 32


async def test_an_event_shows_the_object_as_it_was_then(sandbox: Sandbox, client: Any) -> None:
    await paid(sandbox, client)
    charge = sandbox.events("charge.succeeded")[0]["data"]["object"]
    sandbox.refund(charge["payment_intent"])
    assert sandbox.events("charge.succeeded")[0]["data"]["object"]["amount_refunded"] == 0
    refunded = sandbox.events("charge.refunded")[0]["data"]
    assert refunded["previous_attributes"] == {"amount_refunded": 0, "refunded": False}


async def test_the_sdk_lists_events(sandbox: Sandbox, client: Any) -> None:
    await paid(sandbox, client)
    listed = await client.events.list_async({"type": "checkout.session.completed"})
    assert [one.id for one in listed.data] == [sandbox.events()[-1]["id"]]
