"""Subscriptions: creation by Checkout, renewal with the clock, price changes, cancellation."""

from datetime import timedelta
from typing import Any

import pytest
import stripe

from adapters.stripe.sandbox import PLAN_PRICES, Sandbox
from adapters.stripe.sandbox.resources.subscriptions import add_month
from tests.stripe_sandbox.stripe_client import create_plan_session

HOT_DESK, DEDICATED_DESK, PRIVATE_OFFICE = PLAN_PRICES
MONTH = timedelta(days=31)


async def subscribe(sandbox: Sandbox, client: Any, **extra: Any) -> str:
    """Pay for the hot desk plan. Returns the subscription's id."""
    session = await create_plan_session(client, HOT_DESK, **extra)
    subscription_id: str = sandbox.pay(session.id)["subscription"]
    return subscription_id


async def test_the_plans_have_the_prices_of_the_demo(client: Any) -> None:
    prices = [await client.prices.retrieve_async(price_id) for price_id in PLAN_PRICES]
    assert [price.unit_amount for price in prices] == [19_000, 34_000, 125_000]
    assert {price.recurring.interval for price in prices} == {"month"}


async def test_a_paid_checkout_creates_a_subscription(sandbox: Sandbox, client: Any) -> None:
    subscription_id = await subscribe(sandbox, client)

    subscription = await client.subscriptions.retrieve_async(
        subscription_id, {"expand": ["latest_invoice.payments"]}
    )

    item = subscription["items"].data[0]
    assert (subscription.status, item.price.id) == ("active", HOT_DESK)
    assert subscription.metadata["member_id"] == "m-1"
    assert timedelta(seconds=item.current_period_end - item.current_period_start) <= MONTH
    invoice = subscription.latest_invoice
    assert (invoice.status, invoice.amount_paid) == ("paid", 19_000)
    assert invoice.parent.subscription_details.subscription == subscription_id
    intent = invoice.payments.data[0].payment.payment_intent
    payments = await client.invoice_payments.list_async(
        {"payment": {"type": "payment_intent", "payment_intent": intent}}
    )
    assert [payment.invoice for payment in payments.data] == [invoice.id]
    assert sandbox.balance() == 19_000


async def test_a_subscription_renews_when_its_period_ends(sandbox: Sandbox, client: Any) -> None:
    subscription_id = await subscribe(sandbox, client)
    first_item = sandbox.get("subscription", subscription_id)["items"]["data"][0]

    sandbox.advance(MONTH)

    item = sandbox.get("subscription", subscription_id)["items"]["data"][0]
    assert item["current_period_start"] == first_item["current_period_end"]
    assert sandbox.balance() == 2 * 19_000
    assert len(sandbox.events("invoice.paid")) == 2


async def test_a_declined_renewal_is_past_due_until_it_is_paid(
    sandbox: Sandbox, client: Any
) -> None:
    subscription_id = await subscribe(sandbox, client)
    sandbox.decline_renewals(subscription_id)
    sandbox.advance(MONTH)
    past_due = await client.subscriptions.retrieve_async(subscription_id)
    assert past_due.status == "past_due"
    assert len(sandbox.events("invoice.payment_failed")) == 1

    await client.invoices.pay_async(past_due.latest_invoice)

    assert (await client.subscriptions.retrieve_async(subscription_id)).status == "active"
    assert sandbox.balance() == 2 * 19_000


async def test_cancel_at_period_end_ends_the_subscription_with_its_period(
    sandbox: Sandbox, client: Any
) -> None:
    subscription_id = await subscribe(sandbox, client)
    await client.subscriptions.update_async(subscription_id, {"cancel_at_period_end": True})
    assert sandbox.get("subscription", subscription_id)["status"] == "active"

    sandbox.advance(MONTH)

    assert sandbox.get("subscription", subscription_id)["status"] == "canceled"
    assert len(sandbox.events("customer.subscription.deleted")) == 1
    assert sandbox.balance() == 19_000


async def test_a_subscription_is_cancelled_immediately(sandbox: Sandbox, client: Any) -> None:
    subscription_id = await subscribe(sandbox, client)
    assert (await client.subscriptions.cancel_async(subscription_id)).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        await client.subscriptions.cancel_async(subscription_id)
    assert (await client.subscriptions.list_async()).data == []
    assert len((await client.subscriptions.list_async({"status": "all"})).data) == 1


async def test_a_plan_is_switched(sandbox: Sandbox, client: Any) -> None:
    subscription_id = await subscribe(sandbox, client)
    item = sandbox.get("subscription", subscription_id)["items"]["data"][0]["id"]
    await client.subscriptions.update_async(
        subscription_id, {"items": [{"id": item, "price": PRIVATE_OFFICE}]}
    )
    sandbox.advance(MONTH)
    assert sandbox.balance() == 19_000 + 125_000


async def test_a_trial_costs_nothing_until_it_ends(sandbox: Sandbox, client: Any) -> None:
    trial = {"trial_period_days": 14}
    session = await create_plan_session(client, HOT_DESK, subscription_data=trial)
    paid = sandbox.pay(session.id)
    assert paid["payment_status"] == "no_payment_required"
    assert sandbox.get("subscription", paid["subscription"])["status"] == "trialing"
    assert sandbox.balance() == 0

    sandbox.advance(timedelta(days=15))

    assert sandbox.get("subscription", paid["subscription"])["status"] == "active"
    assert sandbox.balance() == 19_000


@pytest.mark.parametrize(
    "action, status, balance",
    [("succeed_async_payment", "active", 19_000), ("fail_async_payment", "past_due", 0)],
)
async def test_a_plan_may_be_paid_asynchronously(
    sandbox: Sandbox, client: Any, action: str, status: str, balance: int
) -> None:
    session = await create_plan_session(client, HOT_DESK)
    subscription_id = sandbox.start_async_payment(session.id)["subscription"]
    getattr(sandbox, action)(session.id)
    assert sandbox.get("subscription", subscription_id)["status"] == status
    assert sandbox.balance() == balance


async def test_events_can_have_the_legacy_shape(sandbox: Sandbox, client: Any) -> None:
    sandbox.use_legacy_events()
    subscription_id = await subscribe(sandbox, client)

    created = sandbox.events("customer.subscription.created")[0]["data"]["object"]
    paid = sandbox.events("invoice.paid")[0]["data"]["object"]

    assert created["current_period_end"] > created["current_period_start"]
    assert "current_period_end" not in created["items"]["data"][0]
    assert paid["subscription"] == subscription_id
    assert paid["paid"] is True
    assert "parent" not in paid


def test_the_last_day_of_a_month_stays_the_last_day() -> None:
    january_31, february_28, march_31 = 1_769_817_600, 1_772_236_800, 1_774_915_200
    assert add_month(january_31, january_31) == february_28
    assert add_month(february_28, january_31) == march_31
