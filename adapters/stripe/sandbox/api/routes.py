"""Routes of the `/v1` API, from a decoded request to the document it returns."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias

from adapters.stripe.sandbox.account import Json, SandboxAccount
from adapters.stripe.sandbox.api.expand import expand
from adapters.stripe.sandbox.api.listing import list_objects, paginate
from adapters.stripe.sandbox.errors import ApiError
from adapters.stripe.sandbox.legacy_api import FIRST_CURRENT_VERSION, to_legacy
from adapters.stripe.sandbox.params import Params
from adapters.stripe.sandbox.resources.checkout_sessions import (
    create_session,
    expire_session,
    line_items_of,
    update_session,
)
from adapters.stripe.sandbox.resources.customers import create_customer, update_customer
from adapters.stripe.sandbox.resources.invoices import pay_invoice
from adapters.stripe.sandbox.resources.portal_sessions import create_portal_session
from adapters.stripe.sandbox.resources.prices import create_price
from adapters.stripe.sandbox.resources.products import create_product
from adapters.stripe.sandbox.resources.refunds import create_refund
from adapters.stripe.sandbox.resources.subscriptions import (
    cancel_subscription,
    update_subscription,
)

Operation: TypeAlias = Callable[..., Json]

_COLLECTIONS = {
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
"""The type of the objects of each collection; they can be listed and retrieved by id."""

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
class ApiRequest:
    """A decoded request. `version` is the API version that the client asks for."""

    method: str
    path: str
    params: Mapping[str, Any]
    version: str
    idempotency_key: str | None = None


def execute(account: SandboxAccount, request: ApiRequest) -> Json:
    """Execute the request. Returns the document in the request's API version. Raises ApiError."""
    params = Params(request.params)
    with account.lock:
        document = expand(account, _dispatch(account, request, params), params.strings("expand"))
        if request.version < FIRST_CURRENT_VERSION:
            document = to_legacy(document, account.private)
        return document


def _dispatch(account: SandboxAccount, request: ApiRequest, params: Params) -> Json:
    path = request.path.removeprefix("/v1/")
    for (method, pattern), operation in _WRITES.items():
        match = re.fullmatch(pattern.replace("{id}", "([^/]+)"), path)
        if match is not None and method == request.method:
            return operation(account, params, *match.groups())
    if request.method == "GET":
        document = _read(account, path, params)
        if document is not None:
            return document
    raise ApiError(
        f"Unrecognized request URL ({request.method}: {request.path}).",
        status=HTTPStatus.NOT_FOUND,
    )


def _read(account: SandboxAccount, path: str, params: Params) -> Json | None:
    if path in _COLLECTIONS:
        return list_objects(account, _COLLECTIONS[path], f"/v1/{path}", params)
    if path.startswith("checkout/sessions/") and path.endswith("/line_items"):
        session = account.retrieve("checkout.session", path.split("/")[2])
        return paginate(line_items_of(account, session), f"/v1/{path}", params)
    collection, _, object_id = path.rpartition("/")
    if collection not in _COLLECTIONS:
        return None
    params.allow({"expand"})
    return account.retrieve(_COLLECTIONS[collection], object_id)
