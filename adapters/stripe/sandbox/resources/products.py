"""Products: `/v1/products`."""

from adapters.stripe.sandbox.account import Json, SandboxAccount
from adapters.stripe.sandbox.params import Params

PRODUCT_PARAMS = frozenset({"name", "description", "metadata", "expand"})


def create_product(account: SandboxAccount, params: Params) -> Json:
    """`POST /v1/products`."""
    params.allow(PRODUCT_PARAMS)
    return add_product(account, params.required("name"), params.metadata())


def add_product(account: SandboxAccount, name: str, metadata: dict[str, str] | None = None) -> Json:
    """Add an active product."""
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


def product_name(account: SandboxAccount, price: Json) -> str:
    """Return the name of the price's product, which the buyer sees."""
    return str(account.retrieve("product", price["product"])["name"])
