"""Subscriptions: they begin with a checkout, renew with the clock, and end."""

import calendar
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.stripe.sandbox import payments
from adapters.stripe.sandbox.account import Account, Json
from adapters.stripe.sandbox.customers import add_customer
from adapters.stripe.sandbox.failures import ApiError, refused
from adapters.stripe.sandbox.forms import Params
from adapters.stripe.sandbox.invoices import collect, decline_invoice, intent_of, issue_invoice

UPDATE_PARAMS = frozenset(
    {"cancel_at_period_end", "items", "metadata", "proration_behavior", "expand"}
)
CANCEL_PARAMS = frozenset({"invoice_now", "prorate", "cancellation_details", "expand"})

_DAY = int(timedelta(days=1).total_seconds())
_ENDED = {"canceled", "incomplete_expired"}
_MOST_RENEWALS = 1000


def begin_subscription(account: Account, session: Json, *, is_paid: bool) -> None:
    """What a completed checkout brings: subscription, first invoice, and its payment."""
    if session["customer"] is None:
        session["customer"] = add_customer(account, session["customer_email"], None)["id"]
    known = account.private[session["id"]]
    now = account.clock.now()
    trial_end = known["inner"]["trial_end"]
    if known["inner"]["trial_days"] is not None:
        trial_end = now + known["inner"]["trial_days"] * _DAY
    subscription = _new_subscription(account, session, known, trial_end)
    session["subscription"] = subscription["id"]
    account.emit("customer.subscription.created", subscription)
    invoice = issue_invoice(
        account, subscription, reason="subscription_create", is_trial=trial_end is not None
    )
    session["invoice"] = invoice["id"]
    if is_paid or invoice["amount_due"] == 0:
        collect(account, invoice)
    else:
        payments.start(account, intent_of(account, invoice))


def update_subscription(account: Account, params: Params, subscription_id: str) -> Json:
    """`POST /v1/subscriptions/{id}`: end it with its period or not, switch the plan."""
    params.allow(UPDATE_PARAMS)
    subscription = _alive(account, subscription_id)
    changes: Json = {}
    if params.values.get("metadata"):
        changes["metadata"] = params.metadata(subscription["metadata"])
    if "cancel_at_period_end" in params.values:
        changes |= _ending(account, subscription, params.boolean("cancel_at_period_end"))
    for item in params.groups("items"):
        item.allow({"id", "price", "quantity"})
        price = account.find("price", item.required("price"), f"{item.prefix}[price]")
        changes["items"] = _with_price(subscription, price)
    if changes:
        account.change("customer.subscription.updated", subscription, **changes)
    return subscription


def cancel_subscription(account: Account, params: Params, subscription_id: str) -> Json:
    """`DELETE /v1/subscriptions/{id}`: at once."""
    params.allow(CANCEL_PARAMS)
    subscription = _alive(account, subscription_id)
    end(account, subscription, reason="cancellation_requested")
    return subscription


def end(account: Account, subscription: Json, *, reason: str) -> None:
    """It is over, at once."""
    now = account.clock.now()
    subscription |= {
        "status": "canceled",
        "canceled_at": subscription["canceled_at"] or now,
        "ended_at": now,
        "cancellation_details": {"comment": None, "feedback": None, "reason": reason},
    }
    account.emit("customer.subscription.deleted", subscription)


def renew_due(account: Account) -> None:
    """What the clock does: every period that has ended by now is followed by the next one."""
    for subscription in account.all("subscription"):
        for _ in range(_MOST_RENEWALS):
            if subscription["status"] in _ENDED or not _is_over(account, subscription):
                break
            renew(account, subscription)


def renew(account: Account, subscription: Json) -> None:
    """End the period that runs, or the trial, and begin the next, whatever the time."""
    if subscription["cancel_at_period_end"]:
        end(account, subscription, reason="cancellation_requested")
        return
    item = subscription["items"]["data"][0]
    start = item["current_period_end"]
    if subscription["status"] == "trialing":
        subscription["billing_cycle_anchor"] = start
    stop = _month_after(start, subscription["billing_cycle_anchor"])
    moved = item | {"current_period_start": start, "current_period_end": stop}
    changes: Json = {"items": subscription["items"] | {"data": [moved]}}
    if subscription["status"] == "trialing":
        changes["status"] = "active"
    account.change("customer.subscription.updated", subscription, **changes)
    invoice = issue_invoice(account, subscription, reason="subscription_cycle", is_trial=False)
    if account.private[subscription["id"]].get("is_declined"):
        decline_invoice(account, invoice)
    else:
        collect(account, invoice)


def _is_over(account: Account, subscription: Json) -> bool:
    until: int = subscription["items"]["data"][0]["current_period_end"]
    return until <= account.clock.now()


def _alive(account: Account, subscription_id: str) -> Json:
    subscription = account.find("subscription", subscription_id)
    if subscription["status"] in _ENDED:
        raise ApiError(
            f"No such subscription: '{subscription_id}'", code="resource_missing", param="id"
        )
    return subscription


def _ending(account: Account, subscription: Json, is_ending: bool) -> dict[str, Any]:
    period_end = subscription["items"]["data"][0]["current_period_end"]
    return {
        "cancel_at_period_end": is_ending,
        "cancel_at": period_end if is_ending else None,
        "canceled_at": account.clock.now() if is_ending else None,
    }


def _with_price(subscription: Json, price: Json) -> Json:
    if price["recurring"] is None:
        raise refused(f"The price {price['id']} is not recurring.", param="items")
    item = subscription["items"]["data"][0] | {"price": price, "plan": _plan(price)}
    changed: Json = subscription["items"] | {"data": [item]}
    return changed


def _new_subscription(account: Account, session: Json, known: Json, trial_end: int | None) -> Json:
    now = account.clock.now()
    subscription = account.add(
        "subscription", "sub", _blank(now, session["currency"], known["inner"]["metadata"])
    )
    anchor = now if trial_end is None else trial_end
    line = known["items"][0]
    item = account.add(
        "subscription_item",
        "si",
        {
            "billing_thresholds": None,
            "current_period_start": now,
            "current_period_end": trial_end or _month_after(now, now),
            "discounts": [],
            "metadata": {},
            "plan": _plan(line["price"]),
            "price": line["price"],
            "quantity": line["quantity"],
            "subscription": subscription["id"],
            "tax_rates": [],
        },
    )
    url = f"/v1/subscription_items?subscription={subscription['id']}"
    subscription |= {
        "billing_cycle_anchor": anchor,
        "customer": session["customer"],
        "items": {"object": "list", "data": [item], "has_more": False, "url": url},
        "status": "active" if trial_end is None else "trialing",
        "trial_start": None if trial_end is None else now,
        "trial_end": trial_end,
    }
    account.private[subscription["id"]] = {}
    return subscription


def _plan(price: Json) -> Json:
    """The price as Stripe called it once, and still shows it."""
    return {
        "id": price["id"],
        "object": "plan",
        "active": True,
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": "month",
        "interval_count": 1,
        "livemode": price["livemode"],
        "metadata": {},
        "meter": None,
        "nickname": None,
        "product": price["product"],
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def _month_after(start: int, anchor: int) -> int:
    """The day of the anchor in the next month, or that month's last day."""
    began, anchored = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(anchor, UTC)
    year, month = divmod(began.year * 12 + began.month, 12)
    day = min(anchored.day, calendar.monthrange(year, month + 1)[1])
    return int(began.replace(year=year, month=month + 1, day=day).timestamp())


def _blank(now: int, currency: str, metadata: dict[str, str]) -> Json:
    return {
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": now,
        "billing_mode": {"flexible": None, "type": "classic"},
        "billing_schedules": [],
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "currency": currency,
        "days_until_due": None,
        "default_payment_method": None,
        "description": None,
        "discounts": [],
        "ended_at": None,
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "latest_invoice": None,
        "metadata": dict(metadata),
        "schedule": None,
        "start_date": now,
        "trial_end": None,
        "trial_start": None,
    }
