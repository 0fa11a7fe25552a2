"""Checkout sessions: made by the application, paid by the buyer on the hosted page."""

from collections.abc import Iterable
from datetime import timedelta

from adapters.stripe.sandbox.account import Account, Json
from adapters.stripe.sandbox.catalog import add_price, add_product, product_name
from adapters.stripe.sandbox.failures import ApiError, invalid, missing, refused
from adapters.stripe.sandbox.forms import Params

KIND = "checkout.session"
SHORTEST = int(timedelta(minutes=30).total_seconds())
LONGEST = int(timedelta(hours=24).total_seconds())
LEAST_AMOUNT = 50
"""Stripe takes no payment below half a dollar."""

SESSION_PARAMS = frozenset(
    {
        "mode", "customer", "customer_email", "customer_creation", "customer_update",
        "line_items", "success_url", "cancel_url", "expires_at", "metadata", "locale",
        "client_reference_id", "payment_intent_data", "subscription_data",
        "submit_type", "allow_promotion_codes",
        "billing_address_collection", "payment_method_collection", "ui_mode", "expand",
    }
)  # fmt: skip
INTENT_PARAMS = frozenset({"metadata", "description", "receipt_email", "setup_future_usage"})
SUBSCRIPTION_PARAMS = frozenset({"metadata", "description", "trial_period_days", "trial_end"})


def create_session(account: Account, params: Params) -> Json:
    """`POST /v1/checkout/sessions`."""
    params.allow(SESSION_PARAMS)
    mode = params.one_of("mode", "payment", "subscription")
    if mode is None:
        raise missing("mode")
    customer = _customer(account, params)
    expires_at = _expiry(account, params)
    success_url, cancel_url = params.address("success_url"), params.address("cancel_url")
    if success_url is None:
        raise missing("success_url")
    inner = _inner(params, mode)
    items = [_line_item(account, item, mode) for item in params.groups("line_items")]
    if not items:
        raise missing("line_items")
    total, currency = _total(items, mode)
    session = account.add(KIND, "cs_test", _blank(total, currency))
    session |= {
        "cancel_url": cancel_url,
        "client_reference_id": params.text("client_reference_id"),
        "customer": None if customer is None else customer["id"],
        "customer_creation": None if customer else "if_required" if mode == "payment" else "always",
        "customer_email": params.text("customer_email"),
        "expires_at": expires_at,
        "locale": params.text("locale"),
        "metadata": params.metadata(),
        "mode": mode,
        "submit_type": params.text("submit_type"),
        "success_url": success_url,
        "url": f"{account.url}/pay/{session['id']}",
    }
    account.private[session["id"]] = {"items": items, "inner": inner}
    return session


def expire_session(account: Account, params: Params, session_id: str) -> Json:
    """`POST /v1/checkout/sessions/{id}/expire`: only an open one."""
    params.allow({"expand"})
    session = account.find(KIND, session_id)
    if session["status"] != "open":
        raise refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of {session['status']}."
        )
    expire(account, session)
    return session


def update_session(account: Account, params: Params, session_id: str) -> Json:
    """`POST /v1/checkout/sessions/{id}`: its metadata."""
    params.allow({"metadata", "expand"})
    session = account.find(KIND, session_id)
    session["metadata"] = params.metadata(session["metadata"])
    return session


def expire(account: Account, session: Json) -> None:
    """Nobody can pay it any more."""
    session |= {"status": "expired", "url": None}
    account.emit("checkout.session.expired", session)


def expire_due(account: Account) -> None:
    """What the clock does."""
    for session in account.all(KIND):
        if session["status"] == "open" and session["expires_at"] <= account.clock.now():
            expire(account, session)


def line_items(account: Account, session: Json) -> list[Json]:
    """What is bought with it."""
    items: list[Json] = account.private[session["id"]]["items"]
    return items


def _customer(account: Account, params: Params) -> Json | None:
    wanted = params.text("customer")
    if wanted is None:
        return None
    if params.text("customer_email") is not None:
        raise ApiError("You may only specify one of these parameters: customer, customer_email.")
    return account.find("customer", wanted, "customer")


def _expiry(account: Account, params: Params) -> int:
    now = account.clock.now()
    expires_at = params.integer("expires_at")
    if expires_at is None:
        return now + LONGEST
    if expires_at < now + SHORTEST:
        raise invalid(
            "expires_at",
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session "
            "creation.",
        )
    if expires_at > now + LONGEST:
        raise invalid(
            "expires_at",
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
        )
    return expires_at


def _inner(params: Params, mode: str) -> Json:
    """What is handed on to the payment intent or the subscription."""
    for name, owner in (("payment_intent_data", "payment"), ("subscription_data", "subscription")):
        if params.group(name).values and mode != owner:
            raise ApiError(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    if mode == "payment":
        data = params.group("payment_intent_data")
        data.allow(INTENT_PARAMS)
        return {"metadata": data.metadata(), "description": data.text("description")}
    data = params.group("subscription_data")
    data.allow(SUBSCRIPTION_PARAMS)
    return {
        "metadata": data.metadata(),
        "trial_days": data.integer("trial_period_days", least=1),
        "trial_end": data.integer("trial_end"),
    }


def _line_item(account: Account, params: Params, mode: str) -> Json:
    params.allow({"price", "price_data", "quantity", "metadata"})
    quantity = params.integer("quantity", least=1) or 1
    if params.text("price") is not None:
        price = account.find("price", params.required("price"), f"{params.prefix}[price]")
    else:
        price = _price_of(account, params.group("price_data"))
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


def _price_of(account: Account, data: Params) -> Json:
    data.allow({"currency", "unit_amount", "product_data", "product", "recurring"})
    currency = data.required("currency")
    amount = data.integer("unit_amount")
    if amount is None:
        raise missing(f"{data.prefix}[unit_amount]")
    if data.text("product") is not None:
        product = account.find("product", data.required("product"), f"{data.prefix}[product]")
    else:
        product_data = data.group("product_data")
        product_data.allow({"name", "description", "metadata"})
        product = add_product(account, product_data.required("name"), product_data.metadata())
    recurring = bool(data.group("recurring").values)
    return add_price(account, product, amount, currency, recurring=recurring)


def _total(items: Iterable[Json], mode: str) -> tuple[int, str]:
    currencies = {item["currency"] for item in items}
    if len(currencies) > 1:
        raise ApiError("All line items must have the same currency.", param="line_items")
    total = sum(item["amount_total"] for item in items)
    if mode == "payment" and 0 < total < LEAST_AMOUNT:
        raise ApiError(
            "The Checkout Session's total amount due must add up to at least $0.50 usd",
            code="amount_too_small",
            param="line_items",
        )
    return total, currencies.pop()


def _blank(total: int, currency: str) -> Json:
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
