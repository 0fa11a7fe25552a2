"""Checkout sessions: `/v1/checkout/sessions`. The buyer pays them on the hosted page."""

from collections.abc import Iterable
from datetime import timedelta

from adapters.stripe.sandbox.account import Json, SandboxAccount
from adapters.stripe.sandbox.errors import ApiError, invalid_param, invalid_state, missing_param
from adapters.stripe.sandbox.params import Params
from adapters.stripe.sandbox.resources.prices import add_price
from adapters.stripe.sandbox.resources.products import add_product, product_name

KIND = "checkout.session"
MIN_LIFETIME_SECONDS = int(timedelta(minutes=30).total_seconds())
MAX_LIFETIME_SECONDS = int(timedelta(hours=24).total_seconds())
MIN_AMOUNT = 50
"""In cents: Stripe's minimum charge amount for USD."""

SESSION_PARAMS = frozenset(
    {
        "mode", "customer", "customer_email", "customer_creation", "customer_update",
        "line_items", "success_url", "cancel_url", "expires_at", "metadata", "locale",
        "client_reference_id", "payment_intent_data", "subscription_data",
        "submit_type", "allow_promotion_codes",
        "billing_address_collection", "payment_method_collection", "ui_mode", "expand",
    }
)  # fmt: skip
PAYMENT_INTENT_PARAMS = frozenset(
    {"metadata", "description", "receipt_email", "setup_future_usage"}
)
SUBSCRIPTION_PARAMS = frozenset({"metadata", "description", "trial_period_days", "trial_end"})


def create_session(account: SandboxAccount, params: Params) -> Json:
    """`POST /v1/checkout/sessions`."""
    params.allow(SESSION_PARAMS)
    mode = params.enum("mode", "payment", "subscription")
    if mode is None:
        raise missing_param("mode")
    customer = _customer(account, params)
    expires_at = _expires_at(account, params)
    success_url, cancel_url = params.url("success_url"), params.url("cancel_url")
    if success_url is None:
        raise missing_param("success_url")
    payment_data = _payment_data(params, mode)
    line_items = [_line_item(account, item, mode) for item in params.hashes("line_items")]
    if not line_items:
        raise missing_param("line_items")
    total, currency = _total(line_items, mode)
    session = account.add(KIND, "cs_test", _defaults(total, currency))
    session |= {
        "cancel_url": cancel_url,
        "client_reference_id": params.string("client_reference_id"),
        "customer": None if customer is None else customer["id"],
        "customer_creation": None if customer else "if_required" if mode == "payment" else "always",
        "customer_email": params.string("customer_email"),
        "expires_at": expires_at,
        "locale": params.string("locale"),
        "metadata": params.metadata(),
        "mode": mode,
        "submit_type": params.string("submit_type"),
        "success_url": success_url,
        "url": f"{account.url}/pay/{session['id']}",
    }
    account.private[session["id"]] = {"items": line_items, "inner": payment_data}
    return session


def expire_session(account: SandboxAccount, params: Params, session_id: str) -> Json:
    """`POST /v1/checkout/sessions/{id}/expire`. Raises ApiError unless the session is open."""
    params.allow({"expand"})
    session = account.retrieve(KIND, session_id)
    if session["status"] != "open":
        raise invalid_state(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of {session['status']}."
        )
    expire(account, session)
    return session


def update_session(account: SandboxAccount, params: Params, session_id: str) -> Json:
    """`POST /v1/checkout/sessions/{id}`. Only metadata can be updated."""
    params.allow({"metadata", "expand"})
    session = account.retrieve(KIND, session_id)
    session["metadata"] = params.metadata(session["metadata"])
    return session


def expire(account: SandboxAccount, session: Json) -> None:
    """Expire a session, which can then no longer be paid."""
    session |= {"status": "expired", "url": None}
    account.emit("checkout.session.expired", session)


def expire_due(account: SandboxAccount) -> None:
    """Expire the open sessions whose `expires_at` has passed."""
    for session in account.all(KIND):
        if session["status"] == "open" and session["expires_at"] <= account.clock.now():
            expire(account, session)


def line_items_of(account: SandboxAccount, session: Json) -> list[Json]:
    """Return the line items of a session."""
    line_items: list[Json] = account.private[session["id"]]["items"]
    return line_items


def _customer(account: SandboxAccount, params: Params) -> Json | None:
    customer_id = params.string("customer")
    if customer_id is None:
        return None
    if params.string("customer_email") is not None:
        raise ApiError("You may only specify one of these parameters: customer, customer_email.")
    return account.retrieve("customer", customer_id, "customer")


def _expires_at(account: SandboxAccount, params: Params) -> int:
    now = account.clock.now()
    expires_at = params.integer("expires_at")
    if expires_at is None:
        return now + MAX_LIFETIME_SECONDS
    if expires_at < now + MIN_LIFETIME_SECONDS:
        raise invalid_param(
            "expires_at",
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session "
            "creation.",
        )
    if expires_at > now + MAX_LIFETIME_SECONDS:
        raise invalid_param(
            "expires_at",
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
        )
    return expires_at


def _payment_data(params: Params, mode: str) -> Json:
    """Return what the payment intent or the subscription of the session is created with."""
    for name, owner in (("payment_intent_data", "payment"), ("subscription_data", "subscription")):
        if params.hash(name).values and mode != owner:
            raise ApiError(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    if mode == "payment":
        data = params.hash("payment_intent_data")
        data.allow(PAYMENT_INTENT_PARAMS)
        return {"metadata": data.metadata(), "description": data.string("description")}
    data = params.hash("subscription_data")
    data.allow(SUBSCRIPTION_PARAMS)
    return {
        "metadata": data.metadata(),
        "trial_days": data.integer("trial_period_days", min_value=1),
        "trial_end": data.integer("trial_end"),
    }


def _line_item(account: SandboxAccount, params: Params, mode: str) -> Json:
    params.allow({"price", "price_data", "quantity", "metadata"})
    quantity = params.integer("quantity", min_value=1) or 1
    if params.string("price") is not None:
        price = account.retrieve("price", params.required("price"), f"{params.prefix}[price]")
    else:
        price = _inline_price(account, params.hash("price_data"))
    if mode == "payment" and price["recurring"] is not None:
        raise ApiError(
            "You must provide at least one one-time price in `payment` mode.", param="line_items"
        )
    if mode == "subscription" and price["recurring"] is None:
        raise ApiError(
            "You must provide at least one recurring price in `subscription` mode when using "
            "prices.",
            param="line_items",
        )
    amount = price["unit_amount"] * quantity
    return {
        "id": account.new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": product_name(account, price),
        "metadata": {},
        "price": price,
        "quantity": quantity,
    }


def _inline_price(account: SandboxAccount, data: Params) -> Json:
    data.allow({"currency", "unit_amount", "product_data", "product", "recurring"})
    currency = data.required("currency")
    amount = data.integer("unit_amount")
    if amount is None:
        raise missing_param(f"{data.prefix}[unit_amount]")
    if data.string("product") is not None:
        product = account.retrieve("product", data.required("product"), f"{data.prefix}[product]")
    else:
        product_data = data.hash("product_data")
        product_data.allow({"name", "description", "metadata"})
        product = add_product(account, product_data.required("name"), product_data.metadata())
    is_recurring = bool(data.hash("recurring").values)
    return add_price(account, product, amount, currency, is_recurring=is_recurring)


def _total(line_items: Iterable[Json], mode: str) -> tuple[int, str]:
    currencies = {item["currency"] for item in line_items}
    if len(currencies) > 1:
        raise ApiError("All line items must have the same currency.", param="line_items")
    total = sum(item["amount_total"] for item in line_items)
    if mode == "payment" and 0 < total < MIN_AMOUNT:
        raise ApiError(
            "The Checkout Session's total amount due must add up to at least $0.50 usd",
            code="amount_too_small",
            param="line_items",
        )
    return total, currencies.pop()


def _defaults(total: int, currency: str) -> Json:
    return {
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "currency": currency,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer_details": None,
        "invoice": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "recovered_from": None,
        "setup_intent": None,
        "shipping_options": [],
        "status": "open",
        "subscription": None,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
    }
