"""Compares documents with the SDK's types of Stripe objects.

The SDK is generated from Stripe's OpenAPI description, so its annotations are the best description
that is available offline: every field of a document must be known, and every field that is never
null must be present.
"""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import stripe

MODULES = {
    "billing_portal.session": "billing_portal/_session.py",
    "charge": "_charge.py",
    "checkout.session": "checkout/_session.py",
    "customer": "_customer.py",
    "event": "_event.py",
    "invoice": "_invoice.py",
    "invoice_payment": "_invoice_payment.py",
    "item": "_line_item.py",
    "line_item": "_invoice_line_item.py",
    "payment_intent": "_payment_intent.py",
    "plan": "_plan.py",
    "price": "_price.py",
    "product": "_product.py",
    "refund": "_refund.py",
    "subscription": "_subscription.py",
    "subscription_item": "_subscription_item.py",
}
"""The SDK's module by the object's type."""
SDK = Path(stripe.__file__).parent


@cache
def class_of(kind: str) -> ast.ClassDef:
    """The SDK's class of a type of object."""
    tree = ast.parse((SDK / MODULES[kind]).read_text())
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and f"Literal['{kind}']" in ast.unparse(node):
            return node
    raise LookupError(kind)


def fields_of(node: ast.ClassDef) -> dict[str, str]:
    """The annotations of a class, by field."""
    return {
        part.target.id: ast.unparse(part.annotation)
        for part in node.body
        if isinstance(part, ast.AnnAssign)
        and isinstance(part.target, ast.Name)
        and part.target.id != "OBJECT_NAME"
    }


def check_objects(value: Any, path: str) -> None:
    """Check every object in a value of any depth. `path` is shown when the check fails."""
    if isinstance(value, list):
        for item in value:
            check_objects(item, path)
    elif isinstance(value, dict) and value.get("object") == "list":
        check_objects(value["data"], path)
    elif isinstance(value, dict) and _is_object(value):
        _check(value, class_of(value["object"]), path)


def _check(document: Mapping[str, Any], node: ast.ClassDef, path: str) -> None:
    """Compare a document with a class, and its hashes with the nested classes."""
    fields = fields_of(node)
    nested = {part.name: part for part in node.body if isinstance(part, ast.ClassDef)}
    assert document.keys() <= fields.keys(), f"{path}: {document.keys() - fields.keys()} unknown"
    required = {name for name, kind in fields.items() if not kind.startswith("Optional")}
    assert required <= document.keys(), f"{path}: {required - document.keys()} missing"
    for name, value in document.items():
        kind = fields[name].removeprefix("Optional[").removesuffix("]")
        if value is None:
            assert name not in required, f"{path}.{name} is never null"
        elif isinstance(value, dict) and kind in nested and not _is_object(value):
            _check(value, nested[kind], f"{path}.{name}")
        else:
            check_objects(value, f"{path}.{name}")


def _is_object(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("object"), str)
