"""Checkout sessions, customers and lists, through the real SDK over HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from stripe import AuthenticationError, InvalidRequestError

from adapters.stripe.sandbox import Sandbox
from tests.stripe_sandbox.stripe_client import create_session, session_params, stripe_client
from tests.stripe_sandbox.webhook_receiver import WebhookReceiver


async def test_a_new_session_is_open_and_unpaid_and_has_its_metadata(client: Any) -> None:
    created = await create_session(client)

    session = await client.checkout.sessions.retrieve_async(created.id, {"expand": ["line_items"]})

    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert (session.amount_total, session.currency) == (4_000, "usd")
    assert session.metadata["booking_id"] == "b-1"
    assert session.payment_intent is None
    assert session.line_items.data[0].description == "Desk <1>"


async def test_paying_completes_the_session_and_charges_its_amount(
    sandbox: Sandbox, client: Any
) -> None:
    session = await create_session(client)

    sandbox.pay(session.id)

    paid = await client.checkout.sessions.retrieve_async(
        session.id, {"expand": ["payment_intent.latest_charge"]}
    )
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.payment_intent.metadata["booking_id"] == "b-1"
    assert paid.payment_intent.latest_charge.amount == 4_000
    assert sandbox.balance() == 4_000


async def test_paying_sends_events_to_the_webhook(
    sandbox: Sandbox, client: Any, receiver: WebhookReceiver
) -> None:
    session = await create_session(client)
    sandbox.pay(session.id)

    await sandbox.wait_for_deliveries()

    completed = [event for event in receiver.events() if event.type == "checkout.session.completed"]
    assert [event.data.object["id"] for event in completed] == [session.id]
    assert {"charge.succeeded", "payment_intent.succeeded"} < set(receiver.types())


async def test_a_declined_card_leaves_the_session_open(sandbox: Sandbox, client: Any) -> None:
    session = await create_session(client)

    sandbox.decline(session.id)

    assert sandbox.get("checkout.session", session.id)["status"] == "open"
    assert sandbox.ledger() == []
    sandbox.pay(session.id)
    assert sandbox.balance() == 4_000


@pytest.mark.parametrize(
    "action, event, balance",
    [
        ("succeed_async_payment", "checkout.session.async_payment_succeeded", 4_000),
        ("fail_async_payment", "checkout.session.async_payment_failed", 0),
    ],
)
async def test_an_asynchronous_payment_succeeds_or_fails(
    sandbox: Sandbox, client: Any, action: str, event: str, balance: int
) -> None:
    session = await create_session(client)
    unpaid = sandbox.start_async_payment(session.id)
    assert (unpaid["status"], unpaid["payment_status"]) == ("complete", "unpaid")
    assert sandbox.balance() == 0

    getattr(sandbox, action)(session.id)

    assert sandbox.balance() == balance
    assert len(sandbox.events(event)) == 1


async def test_a_session_expires_with_the_clock_and_cannot_be_paid_then(
    sandbox: Sandbox, client: Any
) -> None:
    session = await create_session(client, expires_at=sandbox.now() + 1_805)
    sandbox.advance(timedelta(minutes=29))
    assert sandbox.get("checkout.session", session.id)["status"] == "open"

    sandbox.advance(timedelta(minutes=2))

    assert len(sandbox.events("checkout.session.expired")) == 1
    with pytest.raises(Exception, match="expired"):
        sandbox.pay(session.id)


async def test_only_an_open_session_can_be_expired(sandbox: Sandbox, client: Any) -> None:
    session = await create_session(client)
    assert (await client.checkout.sessions.expire_async(session.id)).status == "expired"

    with pytest.raises(InvalidRequestError, match="can be expired"):
        await client.checkout.sessions.expire_async(session.id)


@pytest.mark.parametrize("minutes", [29, 24 * 60 + 1])
async def test_a_session_lives_for_half_an_hour_to_a_day(
    sandbox: Sandbox, client: Any, minutes: int
) -> None:
    with pytest.raises(InvalidRequestError, match="expires_at"):
        await create_session(client, expires_at=sandbox.now() + minutes * 60)


async def test_less_than_fifty_cents_is_rejected(client: Any) -> None:
    with pytest.raises(InvalidRequestError) as error:
        await create_session(client, cents=49)
    assert error.value.code == "amount_too_small"


async def test_a_session_without_a_charge_needs_no_payment(sandbox: Sandbox, client: Any) -> None:
    session = await create_session(client, cents=0)
    assert sandbox.pay(session.id)["payment_status"] == "no_payment_required"
    assert sandbox.ledger() == []


@pytest.mark.parametrize(
    "change, param",
    [
        ({"mode": None}, "mode"),
        ({"success_url": None}, "success_url"),
        ({"success_url": "javascript:alert(1)"}, "success_url"),
        ({"customer": "cus_none"}, "customer"),
        ({"colour": "red"}, "colour"),
        ({"line_items": []}, "line_items"),
        ({"subscription_data": {"metadata": {"a": "b"}}}, "subscription_data"),
    ],
)
async def test_an_invalid_parameter_is_named(
    client: Any, change: dict[str, Any], param: str
) -> None:
    params = {key: value for key, value in (session_params() | change).items() if value is not None}
    with pytest.raises(InvalidRequestError) as error:
        await client.checkout.sessions.create_async(params)
    assert error.value.param == param


async def test_a_wrong_api_key_is_rejected(sandbox: Sandbox) -> None:
    async with stripe_client(sandbox, "sk_test_other") as other_client:
        with pytest.raises(AuthenticationError):
            await other_client.customers.create_async({})
    assert sandbox.all("customer") == []


async def test_an_unknown_session_is_not_found(client: Any) -> None:
    with pytest.raises(InvalidRequestError) as error:
        await client.checkout.sessions.retrieve_async("cs_test_none")
    assert (error.value.http_status, error.value.code) == (404, "resource_missing")


async def test_lists_are_paginated_newest_first(client: Any) -> None:
    ids = [(await client.customers.create_async({"email": f"{n}@x.test"})).id for n in range(5)]

    first = await client.customers.list_async({"limit": 2})
    rest = await client.customers.list_async({"starting_after": first.data[-1].id})

    assert [customer.id for customer in first.data] == ids[:2:-1]
    assert first.has_more
    assert [customer.id for customer in rest.data] == ids[2::-1]
    assert not rest.has_more


async def test_lists_are_filtered(sandbox: Sandbox, client: Any) -> None:
    customer = await client.customers.create_async({"email": "a@x.test"})
    own, other = await create_session(client, customer=customer.id), await create_session(client)
    sandbox.expire(other.id)

    of_customer = await client.checkout.sessions.list_async({"customer": customer.id})
    expired = await client.checkout.sessions.list_async({"status": "expired"})

    assert [session.id for session in of_customer.data] == [own.id]
    assert [session.id for session in expired.data] == [other.id]


async def test_updating_a_customer_keeps_the_other_fields(client: Any) -> None:
    created = await client.customers.create_async(
        {"email": "a@x.test", "metadata": {"user": "u-1"}}
    )
    updated = await client.customers.update_async(created.id, {"name": "Ann"})
    assert (updated.email, updated.name, updated.metadata["user"]) == ("a@x.test", "Ann", "u-1")


async def test_expanding_another_field_is_rejected(client: Any) -> None:
    session = await create_session(client)
    with pytest.raises(InvalidRequestError, match="cannot be expanded"):
        await client.checkout.sessions.retrieve_async(session.id, {"expand": ["amount_total"]})
