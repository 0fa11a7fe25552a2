"""Customers."""

from adapters.stripe.sandbox.account import Account, Json
from adapters.stripe.sandbox.failures import ApiError
from adapters.stripe.sandbox.forms import Params

CUSTOMER_PARAMS = frozenset(
    {"email", "name", "description", "phone", "metadata", "preferred_locales", "expand"}
)


def create_customer(account: Account, params: Params) -> Json:
    """`POST /v1/customers`."""
    params.allow(CUSTOMER_PARAMS)
    customer = account.add("customer", "cus", _blank())
    customer |= _given(params, customer)
    account.emit("customer.created", customer)
    return customer


def update_customer(account: Account, params: Params, customer_id: str) -> Json:
    """`POST /v1/customers/{id}`."""
    params.allow(CUSTOMER_PARAMS)
    customer = account.find("customer", customer_id)
    account.change("customer.updated", customer, **_given(params, customer))
    return customer


def add_customer(account: Account, email: str | None, name: str | None) -> Json:
    """One that Checkout makes of what the buyer typed."""
    customer = account.add("customer", "cus", _blank() | {"email": email, "name": name})
    account.emit("customer.created", customer)
    return customer


def _given(params: Params, customer: Json) -> Json:
    email = params.text("email")
    if email is not None and "@" not in email:
        raise ApiError(f"Invalid email address: {email}", code="email_invalid", param="email")
    given: Json = {
        name: params.text(name)
        for name in ("email", "name", "description", "phone")
        if name in params.values
    }
    return given | {"metadata": params.metadata(customer["metadata"])}


def _blank() -> Json:
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
