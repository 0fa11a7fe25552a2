"""`expand[]`: objects in the place of their ids, and parts that are shown only on demand."""

from copy import deepcopy
from typing import Any

from adapters.stripe.sandbox.account import Account, Json
from adapters.stripe.sandbox.checkout import line_items
from adapters.stripe.sandbox.failures import ApiError

_DEEPEST = 4


def expanded(account: Account, document: Json, paths: list[str]) -> Json:
    """A copy of the document with these paths filled in."""
    shown = deepcopy(document)
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEEPEST + (parts[0] == "data"):
            raise ApiError(
                f"You cannot expand more than {_DEEPEST} levels of a property.", param="expand"
            )
        _expand(account, shown, parts, path)
    return shown


def _expand(account: Account, holder: Any, parts: list[str], path: str) -> None:
    if isinstance(holder, list):
        for one in holder:
            _expand(account, one, parts, path)
        return
    if not isinstance(holder, dict):
        return  # It is null here.
    name, rest = parts[0], parts[1:]
    if name not in holder:
        holder[name] = _included(account, holder, name, path)
    elif isinstance(holder[name], str):
        found = account.find_any(holder[name])
        if found is None:
            raise _not_expandable(path)
        holder[name] = deepcopy(found)
    elif not rest and not isinstance(holder[name], dict) and holder[name] is not None:
        raise _not_expandable(path)
    if rest:
        _expand(account, holder[name], rest, path)


def _included(account: Account, holder: Json, name: str, path: str) -> Json:
    kind, own = holder.get("object"), holder.get("id", "")
    match kind, name:
        case "checkout.session", "line_items":
            data = line_items(account, holder)
            url = f"/v1/checkout/sessions/{own}/line_items"
        case "charge", "refunds":
            data = [made for made in account.all("refund") if made["charge"] == own]
            url = f"/v1/charges/{own}/refunds"
        case "invoice", "payments":
            data = [made for made in account.all("invoice_payment") if made["invoice"] == own]
            url = f"/v1/invoice_payments?invoice={own}"
        case "customer", "subscriptions":
            data = [
                one
                for one in account.all("subscription")
                if one["customer"] == own and one["status"] != "canceled"
            ]
            url = f"/v1/customers/{own}/subscriptions"
        case _:
            raise _not_expandable(path)
    return {"object": "list", "data": deepcopy(data), "has_more": False, "url": url}


def _not_expandable(path: str) -> ApiError:
    return ApiError(f"This property cannot be expanded ({path}).", param="expand")
