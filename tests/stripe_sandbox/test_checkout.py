"""Checkout sessions and what paying them does, by the real SDK over HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from stripe import AuthenticationError, InvalidRequestError

from adapters.stripe.sandbox import Sandbox
from tests.stripe_sandbox.buyer import checkout, client_of, for_booking
from tests.stripe_sandbox.receiver import Receiver


async def test_a_session_is_open_and_unpaid_and_knows_what_it_is_for(client: Any) -> None:
    made = await checkout(client)

    session = await client.checkout.sessions.retrieve_async(made.id, {"expand": ["line_items"]})

    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert (session.amount_total, session.currency) == (4_000, "usd")
    assert session.metadata["booking_id"] == "b-1"
    assert session.payment_intent is None
    assert session.line_items.data[0].description == "Desk <1>"


async def test_paying_completes_the_session_and_takes_its_amount(
    sandbox: Sandbox, client: Any
) -> None:
    session = await checkout(client)

    sandbox.pay(session.id)

    paid = await client.checkout.sessions.retrieve_async(
        session.id, {"expand": ["payment_intent.latest_charge"]}
    )
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.payment_intent.metadata["booking_id"] == "b-1"
    assert paid.payment_intent.latest_charge.amount == 4_000
    assert sandbox.balance() == 4_000


async def test_paying_tells_the_webhook(sandbox: Sandbox, client: Any, receiver: Receiver) -> None:
    session = await checkout(client)
    sandbox.pay(session.id)

    await sandbox.settled()

    completed = [one for one in receiver.events() if one.type == "checkout.session.completed"]
    assert [one.data.object["id"] for one in completed] == [session.id]
    assert {"charge.succeeded", "payment_intent.succeeded"} < set(receiver.types())


async def test_a_declined_card_leaves_the_session_open(sandbox: Sandbox, client: Any) -> None:
    session = await checkout(client)

    sandbox.decline(session.id)

    assert sandbox.get("checkout.session", session.id)["status"] == "open"
    assert sandbox.ledger() == []
    sandbox.pay(session.id)
    assert sandbox.balance() == 4_000


@pytest.mark.parametrize(
    "end, event, balance",
    [
        ("succeed_later", "checkout.session.async_payment_succeeded", 4_000),
        ("fail_later", "checkout.session.async_payment_failed", 0),
    ],
)
async def test_an_asynchronous_payment_ends_as_it_is_told(
    sandbox: Sandbox, client: Any, end: str, event: str, balance: int
) -> None:
    session = await checkout(client)
    unpaid = sandbox.pay_later(session.id)
    assert (unpaid["status"], unpaid["payment_status"]) == ("complete", "unpaid")
    assert sandbox.balance() == 0

    getattr(sandbox, end)(session.id)

    assert sandbox.balance() == balance
    assert len(sandbox.events(event)) == 1


async def test_a_session_expires_by_the_clock_and_cannot_be_paid_then(
    sandbox: Sandbox, client: Any
) -> None:
    session = await checkout(client, expires_at=sandbox.now() + 1_805)
    sandbox.advance(timedelta(minutes=29))
    assert sandbox.get("checkout.session", session.id)["status"] == "open"

    sandbox.advance(timedelta(minutes=2))

    assert len(sandbox.events("checkout.session.expired")) == 1
    with pytest.raises(Exception, match="expired"):
        sandbox.pay(session.id)


async def test_only_an_open_session_can_be_expired(sandbox: Sandbox, client: Any) -> None:
    session = await checkout(client)
    assert (await client.checkout.sessions.expire_async(session.id)).status == "expired"

    with pytest.raises(InvalidRequestError, match="can be expired"):
        await client.checkout.sessions.expire_async(session.id)


@pytest.mark.parametrize("minutes", [29, 24 * 60 + 1])
async def test_a_session_lives_for_half_an_hour_to_a_day(
    sandbox: Sandbox, client: Any, minutes: int
) -> None:
    with pytest.raises(InvalidRequestError, match="expires_at"):
        await checkout(client, expires_at=sandbox.now() + minutes * 60)


async def test_less_than_half_a_dollar_is_refused(client: Any) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        await checkout(client, cents=49)
    assert refused.value.code == "amount_too_small"


async def test_what_costs_nothing_needs_no_payment(sandbox: Sandbox, client: Any) -> None:
    session = await checkout(client, cents=0)
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
async def test_a_wrong_parameter_is_named(client: Any, change: dict[str, Any], param: str) -> None:
    wanted = {key: value for key, value in (for_booking() | change).items() if value is not None}
    with pytest.raises(InvalidRequestError) as refused:
        await client.checkout.sessions.create_async(wanted)
    assert refused.value.param == param


async def test_a_wrong_key_is_refused(sandbox: Sandbox) -> None:
    async with client_of(sandbox, "sk_test_other") as stranger:
        with pytest.raises(AuthenticationError):
            await stranger.customers.create_async({})
    assert sandbox.all("customer") == []


async def test_what_is_not_there_is_not_found(client: Any) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        await client.checkout.sessions.retrieve_async("cs_test_none")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


async def test_lists_come_a_page_at_a_time_newest_first(client: Any) -> None:
    made = [(await client.customers.create_async({"email": f"{n}@x.test"})).id for n in range(5)]

    first = await client.customers.list_async({"limit": 2})
    rest = await client.customers.list_async({"starting_after": first.data[-1].id})

    assert [one.id for one in first.data] == made[:2:-1]
    assert first.has_more
    assert [one.id for one in rest.data] == made[2::-1]
    assert not rest.has_more


async def test_lists_are_filtered(sandbox: Sandbox, client: Any) -> None:
    customer = await client.customers.create_async({"email": "a@x.test"})
    own, other = await checkout(client, customer=customer.id), await checkout(client)
    sandbox.expire(other.id)

    of_customer = await client.checkout.sessions.list_async({"customer": customer.id})
    expired = await client.checkout.sessions.list_async({"status": "expired"})

    assert [one.id for one in of_customer.data] == [own.id]
    assert [one.id for one in expired.data] == [other.id]


async def test_a_customer_is_changed_and_keeps_the_rest(client: Any) -> None:
    made = await client.customers.create_async({"email": "a@x.test", "metadata": {"user": "u-1"}})
    changed = await client.customers.update_async(made.id, {"name": "Ann"})
    assert (changed.email, changed.name, changed.metadata["user"]) == ("a@x.test", "Ann", "u-1")


async def test_what_cannot_be_expanded_is_refused(client: Any) -> None:
    session = await checkout(client)
    with pytest.raises(InvalidRequestError, match="cannot be expanded"):
        await client.checkout.sessions.retrieve_async(session.id, {"expand": ["amount_total"]})
