"""Objects as Stripe showed them until API version 2025-03-31."""

from typing import Any


def in_older_shape(document: dict[str, Any], private: dict[str, Any]) -> dict[str, Any]:
    """The same facts where they stood before: on the object itself, not on parent or items."""
    convert = {"subscription": _subscription, "invoice": _invoice, "list": _list}.get(
        document.get("object", "")
    )
    return document if convert is None else convert(document, private)


def _subscription(document: dict[str, Any], _: dict[str, Any]) -> dict[str, Any]:
    items = [
        {
            name: value
            for name, value in item.items()
            if name not in {"current_period_start", "current_period_end"}
        }
        for item in document["items"]["data"]
    ]
    first = document["items"]["data"][0]
    return document | {
        "items": document["items"] | {"data": items},
        "current_period_start": first["current_period_start"],
        "current_period_end": first["current_period_end"],
        "plan": first["plan"],
        "quantity": first["quantity"],
    }


def _invoice(document: dict[str, Any], private: dict[str, Any]) -> dict[str, Any]:
    parent = (document["parent"] or {}).get("subscription_details") or {}
    known = private.get(document["id"], {})
    lines = [_line(line) for line in document["lines"]["data"]]
    older = {name: value for name, value in document.items() if name not in {"parent", "payments"}}
    return older | {
        "subscription": parent.get("subscription"),
        "subscription_details": {"metadata": parent.get("metadata")},
        "paid": document["status"] == "paid",
        "payment_intent": known.get("payment_intent"),
        "charge": known.get("charge"),
        "lines": document["lines"] | {"data": lines},
    }


def _line(line: dict[str, Any]) -> dict[str, Any]:
    details = line["parent"]["subscription_item_details"]
    older = {name: value for name, value in line.items() if name not in {"parent", "pricing"}}
    return older | {
        "type": "subscription",
        "subscription": details["subscription"],
        "subscription_item": details["subscription_item"],
        "proration": details["proration"],
    }


def _list(document: dict[str, Any], private: dict[str, Any]) -> dict[str, Any]:
    return document | {"data": [in_older_shape(one, private) for one in document["data"]]}
