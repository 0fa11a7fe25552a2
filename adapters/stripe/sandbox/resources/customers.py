"""Customers: `/v1/customers`."""

from adapters.stripe.sandbox.account import Json, SandboxAccount
from adapters.stripe.sandbox.errors import ApiError
from adapters.stripe.sandbox.params import Params

CUSTOMER_PARAMS = frozenset(
    {"email", "name", "description", "phone", "metadata", "preferred_locales", "expand"}
)


def create_customer(account: SandboxAccount, params: Params) -> Json:
    """`POST /v1/customers`."""
    params.allow(CUSTOMER_PARAMS)
    customer = account.add("customer", "cus", _defaults())
    customer |= _changes(params, customer)
    account.emit("customer.created", customer)
    return customer


def update_customer(account: SandboxAccount, params: Params, customer_id: str) -> Json:
    """`POST /v1/customers/{id}`."""
    params.allow(CUSTOMER_PARAMS)
    customer = account.retrieve("customer", customer_id)
    account.update("customer.updated", customer, **_changes(params, customer))
    return customer


def add_customer(account: SandboxAccount, email: str | None, name: str | None) -> Json:
    """Add the customer that Checkout creates for a session without one."""
    customer = account.add("customer", "cus", _defaults() | {"email": email, "name": name})
    account.emit("customer.created", customer)
    return customer


def _changes(params: Params, customer: Json) -> Json:
    email = params.string("email")
    if email is not None and "@" not in email:
        raise ApiError(f"Invalid email address: {email}", code="email_invalid", param="email")
    changes: Json = {
        name: params.string(name)
        for name in ("email", "name", "description", "phone")
        if name in params.values
    }
    return changes | {"metadata": params.metadata(customer["metadata"])}


def _defaults() -> Json:
    return {
        "address": None,
        "balance": 0,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "metadata": {},
        "name": None,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
