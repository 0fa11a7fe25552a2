"""Which call does what: `/v1/…`, from the decoded request to the document of the answer."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias

from adapters.stripe.sandbox.account import Account, Json
from adapters.stripe.sandbox.catalog import create_price, create_product
from adapters.stripe.sandbox.checkout import (
    create_session,
    expire_session,
    line_items,
    update_session,
)
from adapters.stripe.sandbox.customers import create_customer, update_customer
from adapters.stripe.sandbox.expanding import expanded
from adapters.stripe.sandbox.failures import ApiError
from adapters.stripe.sandbox.forms import Params
from adapters.stripe.sandbox.invoices import pay_invoice
from adapters.stripe.sandbox.listing import listed, page
from adapters.stripe.sandbox.older_shape import in_older_shape
from adapters.stripe.sandbox.portal import create_portal_session
from adapters.stripe.sandbox.refunds import create_refund
from adapters.stripe.sandbox.subscriptions import cancel_subscription, update_subscription

Operation: TypeAlias = Callable[..., Json]

_FIRST_CURRENT_VERSION = "2025-03-31"

_KINDS = {
    "charges": "charge",
    "checkout/sessions": "checkout.session",
    "customers": "customer",
    "events": "event",
    "invoice_payments": "invoice_payment",
    "invoices": "invoice",
    "payment_intents": "payment_intent",
    "prices": "price",
    "products": "product",
    "refunds": "refund",
    "subscriptions": "subscription",
}
"""What can be listed, and fetched by id."""

_WRITES: Mapping[tuple[str, str], Operation] = {
    ("POST", "billing_portal/sessions"): create_portal_session,
    ("POST", "checkout/sessions"): create_session,
    ("POST", "checkout/sessions/{id}"): update_session,
    ("POST", "checkout/sessions/{id}/expire"): expire_session,
    ("POST", "customers"): create_customer,
    ("POST", "customers/{id}"): update_customer,
    ("POST", "invoices/{id}/pay"): pay_invoice,
    ("POST", "prices"): create_price,
    ("POST", "products"): create_product,
    ("POST", "refunds"): create_refund,
    ("POST", "subscriptions/{id}"): update_subscription,
    ("DELETE", "subscriptions/{id}"): cancel_subscription,
}


@dataclass(frozen=True)
class Request:
    """A call as it came in."""

    method: str
    path: str
    params: Mapping[str, Any]
    version: str
    idempotency_key: str | None = None


def perform(account: Account, request: Request) -> Json:
    """Do it, and give the document of the answer as it is to be shown."""
    params = Params(request.params)
    with account.lock:
        document = expanded(account, _done(account, request, params), params.texts("expand"))
        if request.version < _FIRST_CURRENT_VERSION:
            document = in_older_shape(document, account.private)
        return document


def _done(account: Account, request: Request, params: Params) -> Json:
    path = request.path.removeprefix("/v1/")
    for (method, pattern), operation in _WRITES.items():
        match = re.fullmatch(pattern.replace("{id}", "([^/]+)"), path)
        if match is not None and method == request.method:
            return operation(account, params, *match.groups())
    if request.method == "GET":
        found = _read(account, path, params)
        if found is not None:
            return found
    raise ApiError(
        f"Unrecognized request URL ({request.method}: {request.path}).",
        status=HTTPStatus.NOT_FOUND,
    )


def _read(account: Account, path: str, params: Params) -> Json | None:
    if path in _KINDS:
        return listed(account, _KINDS[path], f"/v1/{path}", params)
    if path.startswith("checkout/sessions/") and path.endswith("/line_items"):
        session = account.find("checkout.session", path.split("/")[2])
        return page(line_items(account, session), f"/v1/{path}", params)
    collection, _, wanted = path.rpartition("/")
    if collection not in _KINDS:
        return None
    params.allow({"expand"})
    return account.find(_KINDS[collection], wanted)
