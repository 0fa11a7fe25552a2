"""List endpoints: filters and cursor pagination, newest first."""

from collections.abc import Callable, Mapping

from adapters.stripe.sandbox.account import Json, SandboxAccount
from adapters.stripe.sandbox.errors import resource_missing
from adapters.stripe.sandbox.params import Params

_PAGING_PARAMS = {"limit", "starting_after", "ending_before", "expand", "created"}
_DEFAULT_LIMIT = 10
_MAX_LIMIT = 100

Filter = Callable[[Json, str], bool]


def _equals(name: str) -> Filter:
    return lambda document, value: bool(document[name] == value)


def _has_status(document: Json, status: str) -> bool:
    return status in {"all", document["status"]}


def _has_subscription(invoice: Json, subscription_id: str) -> bool:
    details = invoice["parent"]["subscription_details"]
    return bool(details["subscription"] == subscription_id)


def _has_price(subscription: Json, price_id: str) -> bool:
    return bool(subscription["items"]["data"][0]["price"]["id"] == price_id)


def _is_active(document: Json, value: str) -> bool:
    return document["active"] is (value == "true")


FILTERS: Mapping[str, Mapping[str, Filter]] = {
    "customer": {"email": _equals("email")},
    "product": {"active": _is_active},
    "price": {"active": _is_active, "product": _equals("product")},
    "checkout.session": {
        "customer": _equals("customer"),
        "payment_intent": _equals("payment_intent"),
        "status": _equals("status"),
        "subscription": _equals("subscription"),
    },
    "payment_intent": {"customer": _equals("customer")},
    "charge": {"customer": _equals("customer"), "payment_intent": _equals("payment_intent")},
    "refund": {"charge": _equals("charge"), "payment_intent": _equals("payment_intent")},
    "subscription": {"customer": _equals("customer"), "status": _has_status, "price": _has_price},
    "invoice": {
        "customer": _equals("customer"),
        "status": _equals("status"),
        "subscription": _has_subscription,
    },
    "invoice_payment": {"invoice": _equals("invoice"), "status": _equals("status")},
    "event": {"type": _equals("type")},
}
"""The filters of each type of object, by parameter."""


def list_objects(account: SandboxAccount, kind: str, url: str, params: Params) -> Json:
    """Return a page of the objects of a type that match the request's filters."""
    filters = FILTERS[kind]
    has_payment_filter = kind == "invoice_payment"
    params.allow(_PAGING_PARAMS | filters.keys() | ({"payment"} if has_payment_filter else set()))
    documents = list(reversed(account.all(kind)))
    for name, matches in filters.items():
        value = params.string(name)
        if value is not None:
            documents = [document for document in documents if matches(document, value)]
        elif (kind, name) == ("subscription", "status"):
            documents = [document for document in documents if document["status"] != "canceled"]
    if "created" in params.values:
        documents = _created_within(documents, params.hash("created"))
    if has_payment_filter:
        documents = _paid_with(documents, params.hash("payment").string("payment_intent"))
    return paginate(documents, url, params)


def paginate(documents: list[Json], url: str, params: Params) -> Json:
    """Return up to `limit` objects after `starting_after` or before `ending_before`."""
    limit = min(params.integer("limit", min_value=1) or _DEFAULT_LIMIT, _MAX_LIMIT)
    after, before = params.string("starting_after"), params.string("ending_before")
    if after is not None:
        documents = documents[_index_of(documents, after, "starting_after") + 1 :]
    elif before is not None:
        documents = documents[: _index_of(documents, before, "ending_before")]
        return _page(documents[-limit:], url, has_more=len(documents) > limit)
    return _page(documents[:limit], url, has_more=len(documents) > limit)


def _page(data: list[Json], url: str, *, has_more: bool) -> Json:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def _index_of(documents: list[Json], object_id: str, param: str) -> int:
    for index, document in enumerate(documents):
        if document["id"] == object_id:
            return index
    raise resource_missing("object", object_id, param)


def _created_within(documents: list[Json], bounds: Params) -> list[Json]:
    bounds.allow({"gt", "gte", "lt", "lte"})
    gt, gte = bounds.integer("gt"), bounds.integer("gte")
    lt, lte = bounds.integer("lt"), bounds.integer("lte")
    return [
        document
        for document in documents
        if (gt is None or document["created"] > gt)
        and (gte is None or document["created"] >= gte)
        and (lt is None or document["created"] < lt)
        and (lte is None or document["created"] <= lte)
    ]


def _paid_with(invoice_payments: list[Json], payment_intent_id: str | None) -> list[Json]:
    if payment_intent_id is None:
        return invoice_payments
    return [
        invoice_payment
        for invoice_payment in invoice_payments
        if invoice_payment["payment"]["payment_intent"] == payment_intent_id
    ]
