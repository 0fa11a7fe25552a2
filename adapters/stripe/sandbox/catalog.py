"""Products and their prices; those of the three plans are there from the start."""

from decimal import Decimal

from adapters.stripe.sandbox.account import Account, Json
from adapters.stripe.sandbox.forms import Params

PLAN_PRICES = {
    "price_sandbox_hot_desk": ("Hot desk plan", 19_000),
    "price_sandbox_dedicated_desk": ("Dedicated desk plan", 34_000),
    "price_sandbox_private_office": ("Private office plan", 125_000),
}
"""By the month, in cents: what the demo's members pay."""

PRICE_PARAMS = frozenset(
    {
        "currency", "product", "product_data", "unit_amount", "recurring", "metadata",
        "nickname", "lookup_key", "expand",
    }
)  # fmt: skip
PRODUCT_PARAMS = frozenset({"name", "description", "metadata", "expand"})


def add_plans(account: Account) -> None:
    """The prices that a house with three plans has set up at Stripe."""
    for price_id, (name, amount) in PLAN_PRICES.items():
        product = add_product(account, name)
        price = add_price(account, product, amount, "usd", recurring=True)
        del account.objects["price"][price["id"]]
        price["id"] = price_id
        account.objects["price"][price_id] = price


def create_product(account: Account, params: Params) -> Json:
    """`POST /v1/products`."""
    params.allow(PRODUCT_PARAMS)
    return add_product(account, params.required("name"), params.metadata())


def create_price(account: Account, params: Params) -> Json:
    """`POST /v1/prices`, for a known product or a new one."""
    params.allow(PRICE_PARAMS)
    if params.group("product_data").values:
        product = add_product(account, params.group("product_data").required("name"))
    else:
        product = account.find("product", params.required("product"), "product")
    amount = params.integer("unit_amount") or 0
    is_recurring = bool(params.group("recurring").values)
    price = add_price(account, product, amount, params.required("currency"), recurring=is_recurring)
    price["metadata"] = params.metadata()
    price["nickname"] = params.text("nickname")
    price["lookup_key"] = params.text("lookup_key")
    return price


def add_product(account: Account, name: str, metadata: dict[str, str] | None = None) -> Json:
    """One that a price can be of."""
    return account.add(
        "product",
        "prod",
        {
            "active": True,
            "default_price": None,
            "description": None,
            "images": [],
            "marketing_features": [],
            "metadata": metadata or {},
            "name": name,
            "type": "service",
            "updated": account.clock.now(),
            "url": None,
        },
    )


def add_price(
    account: Account, product: Json, amount: int, currency: str, *, recurring: bool
) -> Json:
    """So much, once or by the month."""
    interval = {
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
            "recurring": interval if recurring else None,
            "tax_behavior": "unspecified",
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "recurring" if recurring else "one_time",
            "unit_amount": amount,
            "unit_amount_decimal": str(Decimal(amount)),
        },
    )


def product_name(account: Account, price: Json) -> str:
    """What a buyer reads."""
    return str(account.find("product", price["product"])["name"])
