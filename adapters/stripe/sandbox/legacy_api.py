"""Objects in the shape of API versions before 2025-03-31 (Basil)."""

from typing import Any

FIRST_CURRENT_VERSION = "2025-03-31"
"""Versions are dates, and compare as text. Earlier ones return objects in the legacy shape."""


def to_legacy(document: dict[str, Any], private: dict[str, Any]) -> dict[str, Any]:
    """Return the object with periods, prices and parents on the object itself.

    The current API has them on subscription items, invoice lines and `parent`.
    """
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
    details = (document["parent"] or {}).get("subscription_details") or {}
    payment = private.get(document["id"], {})
    lines = [_line(line) for line in document["lines"]["data"]]
    legacy = {name: value for name, value in document.items() if name not in {"parent", "payments"}}
    return legacy | {
        "subscription": details.get("subscription"),
        "subscription_details": {"metadata": details.get("metadata")},
        "paid": document["status"] == "paid",
        "payment_intent": payment.get("payment_intent"),
        "charge": payment.get("charge"),
        "lines": document["lines"] | {"data": lines},
    }


def _line(line: dict[str, Any]) -> dict[str, Any]:
    details = line["parent"]["subscription_item_details"]
    legacy = {name: value for name, value in line.items() if name not in {"parent", "pricing"}}
    return legacy | {
        "type": "subscription",
        "subscription": details["subscription"],
        "subscription_item": details["subscription_item"],
        "proration": details["proration"],
    }


def _list(document: dict[str, Any], private: dict[str, Any]) -> dict[str, Any]:
    return document | {"data": [to_legacy(item, private) for item in document["data"]]}
