"""Subscriptions: `/v1/subscriptions`. Checkout creates them, and the clock renews them."""

import calendar
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.stripe.sandbox.account import Json, SandboxAccount
from adapters.stripe.sandbox.errors import ApiError, invalid_state
from adapters.stripe.sandbox.params import Params
from adapters.stripe.sandbox.resources.customers import add_customer
from adapters.stripe.sandbox.resources.invoices import (
    collect_payment,
    create_invoice,
    decline_payment,
    payment_intent_of,
)
from adapters.stripe.sandbox.resources.payment_intents import start_processing

UPDATE_PARAMS = frozenset(
    {"cancel_at_period_end", "items", "metadata", "proration_behavior", "expand"}
)
CANCEL_PARAMS = frozenset({"invoice_now", "prorate", "cancellation_details", "expand"})

_DAY_SECONDS = int(timedelta(days=1).total_seconds())
_ENDED = {"canceled", "incomplete_expired"}
_MAX_RENEWALS = 1000
"""Of one subscription in one pass: bounds the loop after a large advance of the clock."""


def create_subscription(account: SandboxAccount, session: Json, *, is_paid: bool) -> None:
    """Create the subscription of a completed checkout session, and its first invoice.

    Without `is_paid` the invoice's payment is left processing, unless nothing is due.
    """
    if session["customer"] is None:
        session["customer"] = add_customer(account, session["customer_email"], None)["id"]
    checkout = account.private[session["id"]]
    now = account.clock.now()
    trial_end = checkout["inner"]["trial_end"]
    if checkout["inner"]["trial_days"] is not None:
        trial_end = now + checkout["inner"]["trial_days"] * _DAY_SECONDS
    subscription = _add_subscription(account, session, checkout, trial_end)
    session["subscription"] = subscription["id"]
    account.emit("customer.subscription.created", subscription)
    invoice = create_invoice(
        account, subscription, reason="subscription_create", is_trial=trial_end is not None
    )
    session["invoice"] = invoice["id"]
    if is_paid or invoice["amount_due"] == 0:
        collect_payment(account, invoice)
    else:
        start_processing(account, payment_intent_of(account, invoice))


def update_subscription(account: SandboxAccount, params: Params, subscription_id: str) -> Json:
    """`POST /v1/subscriptions/{id}`: metadata, price, and `cancel_at_period_end`."""
    params.allow(UPDATE_PARAMS)
    subscription = _retrieve_live(account, subscription_id)
    changes: Json = {}
    if params.values.get("metadata"):
        changes["metadata"] = params.metadata(subscription["metadata"])
    if "cancel_at_period_end" in params.values:
        is_ending = params.boolean("cancel_at_period_end")
        changes |= _cancellation_fields(account, subscription, is_ending)
    for item in params.hashes("items"):
        item.allow({"id", "price", "quantity"})
        price = account.retrieve("price", item.required("price"), f"{item.prefix}[price]")
        changes["items"] = _items_with_price(subscription, price)
    if changes:
        account.update("customer.subscription.updated", subscription, **changes)
    return subscription


def cancel_subscription(account: SandboxAccount, params: Params, subscription_id: str) -> Json:
    """`DELETE /v1/subscriptions/{id}`: cancels immediately."""
    params.allow(CANCEL_PARAMS)
    subscription = _retrieve_live(account, subscription_id)
    end_subscription(account, subscription)
    return subscription


def end_subscription(account: SandboxAccount, subscription: Json) -> None:
    """End the subscription immediately, as cancelled on request."""
    now = account.clock.now()
    subscription |= {
        "status": "canceled",
        "canceled_at": subscription["canceled_at"] or now,
        "ended_at": now,
        "cancellation_details": {
            "comment": None,
            "feedback": None,
            "reason": "cancellation_requested",
        },
    }
    account.emit("customer.subscription.deleted", subscription)


def renew_due(account: SandboxAccount) -> None:
    """Renew every subscription until its current period ends after now."""
    for subscription in account.all("subscription"):
        for _ in range(_MAX_RENEWALS):
            if subscription["status"] in _ENDED or not _is_period_over(account, subscription):
                break
            renew(account, subscription)


def renew(account: SandboxAccount, subscription: Json) -> None:
    """Start and invoice the next period, whatever the time; a trial becomes active.

    A subscription with `cancel_at_period_end` ends instead.
    """
    if subscription["cancel_at_period_end"]:
        end_subscription(account, subscription)
        return
    item = subscription["items"]["data"][0]
    start = item["current_period_end"]
    if subscription["status"] == "trialing":
        subscription["billing_cycle_anchor"] = start
    end = add_month(start, subscription["billing_cycle_anchor"])
    renewed_item = item | {"current_period_start": start, "current_period_end": end}
    changes: Json = {"items": subscription["items"] | {"data": [renewed_item]}}
    if subscription["status"] == "trialing":
        changes["status"] = "active"
    account.update("customer.subscription.updated", subscription, **changes)
    invoice = create_invoice(account, subscription, reason="subscription_cycle", is_trial=False)
    if account.private[subscription["id"]].get("is_declined"):
        decline_payment(account, invoice)
    else:
        collect_payment(account, invoice)


def add_month(start: int, anchor: int) -> int:
    """Return the time one month after `start`, on the anchor's day or the month's last day.

    Times are seconds since 1970; days are in UTC.
    """
    start_time, anchor_time = (datetime.fromtimestamp(time, UTC) for time in (start, anchor))
    year, month = divmod(start_time.year * 12 + start_time.month, 12)
    day = min(anchor_time.day, calendar.monthrange(year, month + 1)[1])
    return int(start_time.replace(year=year, month=month + 1, day=day).timestamp())


def _is_period_over(account: SandboxAccount, subscription: Json) -> bool:
    period_end: int = subscription["items"]["data"][0]["current_period_end"]
    return period_end <= account.clock.now()


def _retrieve_live(account: SandboxAccount, subscription_id: str) -> Json:
    """Return the subscription. Raises ApiError if it does not exist or has ended."""
    subscription = account.retrieve("subscription", subscription_id)
    if subscription["status"] in _ENDED:
        raise ApiError(
            f"No such subscription: '{subscription_id}'", code="resource_missing", param="id"
        )
    return subscription


def _cancellation_fields(
    account: SandboxAccount, subscription: Json, is_ending: bool
) -> dict[str, Any]:
    period_end = subscription["items"]["data"][0]["current_period_end"]
    return {
        "cancel_at_period_end": is_ending,
        "cancel_at": period_end if is_ending else None,
        "canceled_at": account.clock.now() if is_ending else None,
    }


def _items_with_price(subscription: Json, price: Json) -> Json:
    if price["recurring"] is None:
        raise invalid_state(f"The price {price['id']} is not recurring.", param="items")
    item = subscription["items"]["data"][0] | {"price": price, "plan": _legacy_plan(price)}
    items: Json = subscription["items"] | {"data": [item]}
    return items


def _add_subscription(
    account: SandboxAccount, session: Json, checkout: Json, trial_end: int | None
) -> Json:
    now = account.clock.now()
    metadata = checkout["inner"]["metadata"]
    subscription = account.add("subscription", "sub", _defaults(now, session["currency"], metadata))
    anchor = now if trial_end is None else trial_end
    line_item = checkout["items"][0]
    item = account.add(
        "subscription_item",
        "si",
        {
            "billing_thresholds": None,
            "current_period_start": now,
            "current_period_end": trial_end or add_month(now, now),
            "discounts": [],
            "metadata": {},
            "plan": _legacy_plan(line_item["price"]),
            "price": line_item["price"],
            "quantity": line_item["quantity"],
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


def _legacy_plan(price: Json) -> Json:
    """Return the price as a `plan`, its predecessor, which subscription items still contain."""
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


def _defaults(now: int, currency: str, metadata: dict[str, str]) -> Json:
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
