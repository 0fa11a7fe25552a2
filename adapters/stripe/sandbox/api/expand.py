"""`expand[]`: returns objects instead of their ids, and fields that are omitted by default."""

from copy import deepcopy
from typing import Any

from adapters.stripe.sandbox.account import Json, SandboxAccount
from adapters.stripe.sandbox.errors import ApiError
from adapters.stripe.sandbox.resources.checkout_sessions import line_items_of

_MAX_DEPTH = 4


def expand(account: SandboxAccount, document: Json, paths: list[str]) -> Json:
    """Return a copy of the document with these paths expanded. Raises ApiError."""
    expanded = deepcopy(document)
    for path in paths:
        names = path.split(".")
        if len(names) > _MAX_DEPTH + (names[0] == "data"):
            raise ApiError(
                f"You cannot expand more than {_MAX_DEPTH} levels of a property.", param="expand"
            )
        _expand_path(account, expanded, names, path)
    return expanded


def _expand_path(account: SandboxAccount, parent: Any, names: list[str], path: str) -> None:
    if isinstance(parent, list):
        for item in parent:
            _expand_path(account, item, names, path)
        return
    if not isinstance(parent, dict):
        return  # An expandable field that is null.
    name, rest = names[0], names[1:]
    if name not in parent:
        parent[name] = _included_list(account, parent, name, path)
    elif isinstance(parent[name], str):
        document = account.find_by_id(parent[name])
        if document is None:
            raise _not_expandable(path)
        parent[name] = deepcopy(document)
    elif not rest and not isinstance(parent[name], dict) and parent[name] is not None:
        raise _not_expandable(path)
    if rest:
        _expand_path(account, parent[name], rest, path)


def _included_list(account: SandboxAccount, parent: Json, name: str, path: str) -> Json:
    kind, parent_id = parent.get("object"), parent.get("id", "")
    match kind, name:
        case "checkout.session", "line_items":
            data = line_items_of(account, parent)
            url = f"/v1/checkout/sessions/{parent_id}/line_items"
        case "charge", "refunds":
            data = [refund for refund in account.all("refund") if refund["charge"] == parent_id]
            url = f"/v1/charges/{parent_id}/refunds"
        case "invoice", "payments":
            data = [
                payment
                for payment in account.all("invoice_payment")
                if payment["invoice"] == parent_id
            ]
            url = f"/v1/invoice_payments?invoice={parent_id}"
        case "customer", "subscriptions":
            data = [
                subscription
                for subscription in account.all("subscription")
                if subscription["customer"] == parent_id and subscription["status"] != "canceled"
            ]
            url = f"/v1/customers/{parent_id}/subscriptions"
        case _:
            raise _not_expandable(path)
    return {"object": "list", "data": deepcopy(data), "has_more": False, "url": url}


def _not_expandable(path: str) -> ApiError:
    return ApiError(f"This property cannot be expanded ({path}).", param="expand")
