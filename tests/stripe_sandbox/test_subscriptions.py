"""Plans: they begin with a checkout, renew with the clock, change, and end."""

from datetime import timedelta
from typing import Any

import pytest
import stripe

from adapters.stripe.sandbox import PLAN_PRICES, Sandbox
from tests.stripe_sandbox.buyer import plan_checkout

HOT_DESK, DEDICATED_DESK, PRIVATE_OFFICE = PLAN_PRICES
MONTH = timedelta(days=31)


async def subscribed(sandbox: Sandbox, client: Any, **more: Any) -> str:
    session = await plan_checkout(client, HOT_DESK, **more)
    wanted: str = sandbox.pay(session.id)["subscription"]
    return wanted


async def test_the_plans_have_the_prices_of_the_demo(client: Any) -> None:
    prices = [await client.prices.retrieve_async(price) for price in PLAN_PRICES]
    assert [one.unit_amount for one in prices] == [19_000, 34_000, 125_000]
    assert {one.recurring.interval for one in prices} == {"month"}


async def test_a_paid_checkout_begins_a_subscription(sandbox: Sandbox, client: Any) -> None:
    wanted = await subscribed(sandbox, client)

    subscription = await client.subscriptions.retrieve_async(
        wanted, {"expand": ["latest_invoice.payments"]}
    )

    item = subscription["items"].data[0]
    assert (subscription.status, item.price.id) == ("active", HOT_DESK)
    assert subscription.metadata["member_id"] == "m-1"
    assert timedelta(seconds=item.current_period_end - item.current_period_start) <= MONTH
    invoice = subscription.latest_invoice
    assert (invoice.status, invoice.amount_paid) == ("paid", 19_000)
    assert invoice.parent.subscription_details.subscription == wanted
    intent = invoice.payments.data[0].payment.payment_intent
    found = await client.invoice_payments.list_async(
        {"payment": {"type": "payment_intent", "payment_intent": intent}}
    )
    assert [one.invoice for one in found.data] == [invoice.id]
    assert sandbox.balance() == 19_000


async def test_it_renews_when_its_period_is_over(sandbox: Sandbox, client: Any) -> None:
    wanted = await subscribed(sandbox, client)
    before = sandbox.get("subscription", wanted)["items"]["data"][0]["current_period_end"]

    sandbox.advance(MONTH)

    item = sandbox.get("subscription", wanted)["items"]["data"][0]
    assert item["current_period_start"] == before
    assert sandbox.balance() == 2 * 19_000
    assert len(sandbox.events("invoice.paid")) == 2


async def test_a_declined_renewal_is_past_due_until_it_is_paid(
    sandbox: Sandbox, client: Any
) -> None:
    wanted = await subscribed(sandbox, client)
    sandbox.decline_renewals(wanted)
    sandbox.advance(MONTH)
    late = await client.subscriptions.retrieve_async(wanted)
    assert late.status == "past_due"
    assert len(sandbox.events("invoice.payment_failed")) == 1

    await client.invoices.pay_async(late.latest_invoice)

    assert (await client.subscriptions.retrieve_async(wanted)).status == "active"
    assert sandbox.balance() == 2 * 19_000


async def test_it_ends_with_its_period_when_told_so(sandbox: Sandbox, client: Any) -> None:
    wanted = await subscribed(sandbox, client)
    await client.subscriptions.update_async(wanted, {"cancel_at_period_end": True})
    assert sandbox.get("subscription", wanted)["status"] == "active"

    sandbox.advance(MONTH)

    assert sandbox.get("subscription", wanted)["status"] == "canceled"
    assert len(sandbox.events("customer.subscription.deleted")) == 1
    assert sandbox.balance() == 19_000


async def test_it_is_cancelled_at_once(sandbox: Sandbox, client: Any) -> None:
    wanted = await subscribed(sandbox, client)
    assert (await client.subscriptions.cancel_async(wanted)).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        await client.subscriptions.cancel_async(wanted)
    assert (await client.subscriptions.list_async()).data == []
    assert len((await client.subscriptions.list_async({"status": "all"})).data) == 1


async def test_a_plan_is_switched(sandbox: Sandbox, client: Any) -> None:
    wanted = await subscribed(sandbox, client)
    item = sandbox.get("subscription", wanted)["items"]["data"][0]["id"]
    await client.subscriptions.update_async(
        wanted, {"items": [{"id": item, "price": PRIVATE_OFFICE}]}
    )
    sandbox.advance(MONTH)
    assert sandbox.balance() == 19_000 + 125_000


async def test_a_trial_costs_nothing_until_it_ends(sandbox: Sandbox, client: Any) -> None:
    trial = {"trial_period_days": 14}
    session = await plan_checkout(client, HOT_DESK, subscription_data=trial)
    paid = sandbox.pay(session.id)
    assert paid["payment_status"] == "no_payment_required"
    assert sandbox.get("subscription", paid["subscription"])["status"] == "trialing"
    assert sandbox.balance() == 0

    sandbox.advance(timedelta(days=15))

    assert sandbox.get("subscription", paid["subscription"])["status"] == "active"
    assert sandbox.balance() == 19_000


@pytest.mark.parametrize(
    "end, status, balance", [("succeed_later", "active", 19_000), ("fail_later", "past_due", 0)]
)
async def test_a_plan_may_be_paid_later(
    sandbox: Sandbox, client: Any, end: str, status: str, balance: int
) -> None:
    session = await plan_checkout(client, HOT_DESK)
    wanted = sandbox.pay_later(session.id)["subscription"]
    getattr(sandbox, end)(session.id)
    assert sandbox.get("subscription", wanted)["status"] == status
    assert sandbox.balance() == balance


async def test_events_come_in_the_older_shape_too(sandbox: Sandbox, client: Any) -> None:
    sandbox.use_older_shape()
    wanted = await subscribed(sandbox, client)

    created = sandbox.events("customer.subscription.created")[0]["data"]["object"]
    paid = sandbox.events("invoice.paid")[0]["data"]["object"]

    assert created["current_period_end"] > created["current_period_start"]
    assert "current_period_end" not in created["items"]["data"][0]
    assert paid["subscription"] == wanted
    assert paid["paid"] is True
    assert "parent" not in paid


async def test_an_end_of_a_month_stays_the_last_day() -> None:
    from adapters.stripe.sandbox.subscriptions import _month_after  # noqa: PLC0415

    january_31, february_28, march_31 = 1_769_817_600, 1_772_236_800, 1_774_915_200
    assert _month_after(january_31, january_31) == february_28
    assert _month_after(february_28, january_31) == march_31
