"""Delivery of events to the webhook: order, signatures, retries, and delivery rules."""

import json
import time
from typing import Any

import pytest
from stripe import SignatureVerificationError, Webhook

from adapters.stripe.sandbox import DeliveryKind, Sandbox
from tests.stripe_sandbox.stripe_client import create_session
from tests.stripe_sandbox.webhook_receiver import SECRET, WebhookReceiver

PAYMENT_EVENTS = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
]


async def pay_new_session(sandbox: Sandbox, client: Any) -> None:
    session = await create_session(client)
    sandbox.pay(session.id)


async def test_events_arrive_in_order_and_signed(
    sandbox: Sandbox, client: Any, receiver: WebhookReceiver
) -> None:
    await pay_new_session(sandbox, client)
    await sandbox.wait_for_deliveries()
    assert receiver.types() == PAYMENT_EVENTS


async def test_a_signature_covers_the_secret_and_the_payload(sandbox: Sandbox, client: Any) -> None:
    await pay_new_session(sandbox, client)
    payload, header = sandbox.sign_event(sandbox.events()[-1])
    verify: Any = Webhook.construct_event
    assert verify(payload, header, SECRET).type == PAYMENT_EVENTS[-1]
    for invalid in ((payload + b" ", header, SECRET), (payload, header, "whsec_other")):
        with pytest.raises(SignatureVerificationError):
            verify(*invalid)
    with pytest.raises(SignatureVerificationError):
        verify(payload, sandbox.sign(payload, at=time.time() - 301), SECRET)


async def test_delivery_is_retried_until_the_webhook_responds_with_success(
    sandbox: Sandbox, client: Any, receiver: WebhookReceiver
) -> None:
    receiver.statuses = [500, 503]
    await pay_new_session(sandbox, client)
    await sandbox.wait_for_deliveries()
    assert sorted(set(receiver.types())) == sorted(PAYMENT_EVENTS)
    assert [attempt.status for attempt in sandbox.deliveries.attempts].count(200) == 4


async def test_delivery_is_abandoned_after_the_last_retry(
    sandbox: Sandbox, client: Any, receiver: WebhookReceiver
) -> None:
    receiver.statuses = [500] * 100
    await pay_new_session(sandbox, client)
    await sandbox.wait_for_deliveries()
    assert len(receiver.received) == 4 * len(PAYMENT_EVENTS)


async def test_events_are_dropped(sandbox: Sandbox, client: Any, receiver: WebhookReceiver) -> None:
    sandbox.add_delivery_rule(DeliveryKind.DROP)
    await pay_new_session(sandbox, client)
    await sandbox.wait_for_deliveries()
    assert receiver.received == []
    assert [event["type"] for event in sandbox.deliveries.dropped] == PAYMENT_EVENTS


async def test_events_are_duplicated(
    sandbox: Sandbox, client: Any, receiver: WebhookReceiver
) -> None:
    sandbox.add_delivery_rule(DeliveryKind.DUPLICATE, "checkout.*", copies=3)
    await pay_new_session(sandbox, client)
    await sandbox.wait_for_deliveries()
    assert receiver.types() == [*PAYMENT_EVENTS[:-1], *PAYMENT_EVENTS[-1:] * 3]


async def test_an_event_is_delayed(
    sandbox: Sandbox, client: Any, receiver: WebhookReceiver
) -> None:
    sandbox.add_delivery_rule(DeliveryKind.DELAY, "charge.succeeded", times=1, seconds=0.1)
    await pay_new_session(sandbox, client)
    await sandbox.wait_for_deliveries()
    assert receiver.types() == [PAYMENT_EVENTS[0], *PAYMENT_EVENTS[2:], PAYMENT_EVENTS[1]]


async def test_held_events_arrive_in_the_order_of_their_release(
    sandbox: Sandbox, client: Any, receiver: WebhookReceiver
) -> None:
    sandbox.add_delivery_rule(DeliveryKind.HOLD)
    await pay_new_session(sandbox, client)
    await sandbox.wait_for_deliveries()
    assert receiver.received == []
    ids = [event["id"] for event in sandbox.deliveries.held]

    sandbox.release([*reversed(ids), ids[-1]])
    await sandbox.wait_for_deliveries()

    assert receiver.types() == [*reversed(PAYMENT_EVENTS), PAYMENT_EVENTS[-1]]


async def test_an_event_is_resent_many_times_concurrently(
    sandbox: Sandbox, client: Any, receiver: WebhookReceiver
) -> None:
    await pay_new_session(sandbox, client)
    await sandbox.wait_for_deliveries()
    receiver.received.clear()
    event = sandbox.events("checkout.session.completed")[0]

    sandbox.resend(event["id"], times=32)
    await sandbox.wait_for_deliveries()

    assert [json.loads(payload)["id"] for payload, _ in receiver.received] == [event["id"]] * 32


async def test_an_event_contains_a_snapshot_of_the_object(sandbox: Sandbox, client: Any) -> None:
    await pay_new_session(sandbox, client)
    charge = sandbox.events("charge.succeeded")[0]["data"]["object"]
    sandbox.refund(charge["payment_intent"])
    assert sandbox.events("charge.succeeded")[0]["data"]["object"]["amount_refunded"] == 0
    refunded = sandbox.events("charge.refunded")[0]["data"]
    assert refunded["previous_attributes"] == {"amount_refunded": 0, "refunded": False}


async def test_the_sdk_lists_events(sandbox: Sandbox, client: Any) -> None:
    await pay_new_session(sandbox, client)
    listed = await client.events.list_async({"type": "checkout.session.completed"})
    assert [event.id for event in listed.data] == [sandbox.events()[-1]["id"]]
