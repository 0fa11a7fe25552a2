"""Lists: newest first, a page at a time, filtered by what their objects say."""

from collections.abc import Callable, Mapping

from adapters.stripe.sandbox.account import Account, Json
from adapters.stripe.sandbox.failures import no_such
from adapters.stripe.sandbox.forms import Params

_PAGING = {"limit", "starting_after", "ending_before", "expand", "created"}
_MOST = 100

Matches = Callable[[Account, Json, str], bool]


def _same(name: str) -> Matches:
    return lambda _, document, wanted: bool(document[name] == wanted)


def _has_status(_: Account, document: Json, wanted: str) -> bool:
    return wanted in {"all", document["status"]}


def _of_subscription(_: Account, invoice: Json, wanted: str) -> bool:
    parent = invoice["parent"]["subscription_details"]
    return bool(parent["subscription"] == wanted)


def _has_price(_: Account, subscription: Json, wanted: str) -> bool:
    return bool(subscription["items"]["data"][0]["price"]["id"] == wanted)


def _is_active(_: Account, document: Json, wanted: str) -> bool:
    return document["active"] is (wanted == "true")


FILTERS: Mapping[str, Mapping[str, Matches]] = {
    "customer": {"email": _same("email")},
    "product": {"active": _is_active},
    "price": {"active": _is_active, "product": _same("product")},
    "checkout.session": {
        "customer": _same("customer"),
        "payment_intent": _same("payment_intent"),
        "status": _same("status"),
        "subscription": _same("subscription"),
    },
    "payment_intent": {"customer": _same("customer")},
    "charge": {"customer": _same("customer"), "payment_intent": _same("payment_intent")},
    "refund": {"charge": _same("charge"), "payment_intent": _same("payment_intent")},
    "subscription": {"customer": _same("customer"), "status": _has_status, "price": _has_price},
    "invoice": {
        "customer": _same("customer"),
        "status": _same("status"),
        "subscription": _of_subscription,
    },
    "invoice_payment": {"invoice": _same("invoice"), "status": _same("status")},
    "event": {"type": _same("type")},
}


def listed(account: Account, kind: str, path: str, params: Params) -> Json:
    """A page of the objects of that kind which are as asked for."""
    filters = FILTERS[kind]
    extra = {"payment"} if kind == "invoice_payment" else set()
    params.allow(_PAGING | filters.keys() | extra)
    found = list(reversed(account.all(kind)))
    for name, matches in filters.items():
        wanted = params.text(name)
        if wanted is not None:
            found = [document for document in found if matches(account, document, wanted)]
        elif (kind, name) == ("subscription", "status"):
            found = [document for document in found if document["status"] != "canceled"]
    found = _made(found, params.group("created")) if "created" in params.values else found
    if extra:
        found = _paid_by(found, params.group("payment").text("payment_intent"))
    return page(found, path, params)


def page(found: list[Json], path: str, params: Params) -> Json:
    """From or up to a known object, the limit's worth of them."""
    limit = min(params.integer("limit", least=1) or 10, _MOST)
    after, before = params.text("starting_after"), params.text("ending_before")
    if after is not None:
        found = found[_place(found, after, "starting_after") + 1 :]
    elif before is not None:
        found = found[: _place(found, before, "ending_before")]
        return _list(found[-limit:], path, has_more=len(found) > limit)
    return _list(found[:limit], path, has_more=len(found) > limit)


def _list(data: list[Json], path: str, *, has_more: bool) -> Json:
    return {"object": "list", "data": data, "has_more": has_more, "url": path}


def _place(found: list[Json], wanted: str, param: str) -> int:
    for place, document in enumerate(found):
        if document["id"] == wanted:
            return place
    raise no_such("object", wanted, param)


def _made(found: list[Json], bounds: Params) -> list[Json]:
    bounds.allow({"gt", "gte", "lt", "lte"})
    above, least = bounds.integer("gt"), bounds.integer("gte")
    below, most = bounds.integer("lt"), bounds.integer("lte")
    return [
        document
        for document in found
        if (above is None or document["created"] > above)
        and (least is None or document["created"] >= least)
        and (below is None or document["created"] < below)
        and (most is None or document["created"] <= most)
    ]


def _paid_by(found: list[Json], intent: str | None) -> list[Json]:
    if intent is None:
        return found
    return [payment for payment in found if payment["payment"]["payment_intent"] == intent]
