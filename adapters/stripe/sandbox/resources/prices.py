"""Prices: `/v1/prices`. Those of the three plans exist from the start."""

from decimal import Decimal

from adapters.stripe.sandbox.account import Json, SandboxAccount
from adapters.stripe.sandbox.params import Params
from adapters.stripe.sandbox.resources.products import add_product

PLAN_PRICES = {
    "price_sandbox_hot_desk": ("Hot desk plan", 19_000),
    "price_sandbox_dedicated_desk": ("Dedicated desk plan", 34_000),
    "price_sandbox_private_office": ("Private office plan", 125_000),
}
"""Name and monthly amount in cents by price id; the demo's members pay these amounts."""

PRICE_PARAMS = frozenset(
    {
        "currency", "product", "product_data", "unit_amount", "recurring", "metadata",
        "nickname", "lookup_key", "expand",
    }
)  # fmt: skip


def add_plan_prices(account: SandboxAccount) -> None:
    """Add the products and prices of the plans."""
    for price_id, (name, amount) in PLAN_PRICES.items():
        product = add_product(account, name)
        price = add_price(account, product, amount, "usd", is_recurring=True)
        del account.objects["price"][price["id"]]
        price["id"] = price_id
        account.objects["price"][price_id] = price


def create_price(account: SandboxAccount, params: Params) -> Json:
    """`POST /v1/prices`, for an existing product or a new one."""
    params.allow(PRICE_PARAMS)
    if params.hash("product_data").values:
        product = add_product(account, params.hash("product_data").required("name"))
    else:
        product = account.retrieve("product", params.required("product"), "product")
    amount = params.integer("unit_amount") or 0
    is_recurring = bool(params.hash("recurring").values)
    currency = params.required("currency")
    price = add_price(account, product, amount, currency, is_recurring=is_recurring)
    price["metadata"] = params.metadata()
    price["nickname"] = params.string("nickname")
    price["lookup_key"] = params.string("lookup_key")
    return price


def add_price(
    account: SandboxAccount, product: Json, amount: int, currency: str, *, is_recurring: bool
) -> Json:
    """Add a one-time or a monthly price. `amount` is in cents."""
    recurring = {
        "interval": "month",
        "interval_count": 1,
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
    return account.add(
        "price",
        "price",
        {
            "active": True,
            "billing_scheme": "per_unit",
            "currency": currency.lower(),
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": product["id"],
            "recurring": recurring if is_recurring else None,
            "tax_behavior": "unspecified",
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "recurring" if is_recurring else "one_time",
            "unit_amount": amount,
            "unit_amount_decimal": str(Decimal(amount)),
        },
    )
