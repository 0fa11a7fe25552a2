"""What the sandbox answers has the fields that the SDK's types give those objects.

The SDK is generated from Stripe's description of its API, so its annotations are what can be had
of it offline: each field that is sent must be known, and each that is never null must be sent.
"""

import ast
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import stripe

from adapters.stripe.sandbox import (
    PLAN_PRICES,
    Sandbox,
    catalog,
    checkout,
    customers,
    portal,
    refunds,
    subscriptions,
)
from adapters.stripe.sandbox.listing import FILTERS
from tests.stripe_sandbox.buyer import checkout as new_checkout
from tests.stripe_sandbox.buyer import plan_checkout

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
SDK = Path(stripe.__file__).parent


@cache
def class_of(kind: str) -> ast.ClassDef:
    tree = ast.parse((SDK / MODULES[kind]).read_text())
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and f"Literal['{kind}']" in ast.unparse(node):
            return node
    raise LookupError(kind)


def fields_of(node: ast.ClassDef) -> dict[str, str]:
    return {
        part.target.id: ast.unparse(part.annotation)
        for part in node.body
        if isinstance(part, ast.AnnAssign)
        and isinstance(part.target, ast.Name)
        and part.target.id != "OBJECT_NAME"
    }


def check(document: Mapping[str, Any], node: ast.ClassDef, where: str) -> None:
    """Compare with the class, and with the classes inside it."""
    fields = fields_of(node)
    inner = {part.name: part for part in node.body if isinstance(part, ast.ClassDef)}
    assert document.keys() <= fields.keys(), f"{where}: {document.keys() - fields.keys()} unknown"
    needed = {name for name, kind in fields.items() if not kind.startswith("Optional")}
    assert needed <= document.keys(), f"{where}: {needed - document.keys()} missing"
    for name, value in document.items():
        kind = fields[name].removeprefix("Optional[").removesuffix("]")
        if value is None:
            assert name not in needed, f"{where}.{name} is never null"
        elif isinstance(value, dict) and kind in inner and not is_object(value):
            check(value, inner[kind], f"{where}.{name}")
        else:
            check_objects(value, f"{where}.{name}")


def is_object(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("object"), str)


def check_objects(value: Any, where: str) -> None:
    """Find the objects in it."""
    if isinstance(value, list):
        for one in value:
            check_objects(one, where)
    elif isinstance(value, dict) and value.get("object") == "list":
        check_objects(value["data"], where)
    elif isinstance(value, dict) and is_object(value):
        check(value, class_of(value["object"]), where)


@pytest.fixture
async def lived(sandbox: Sandbox, client: Any) -> Sandbox:
    """An account in which everything has happened once."""
    intent = sandbox.pay((await new_checkout(client)).id)["payment_intent"]
    await client.refunds.create_async({"payment_intent": intent, "reason": "duplicate"})
    sandbox.decline((await new_checkout(client)).id)
    sandbox.fail_later(sandbox.pay_later((await new_checkout(client)).id)["id"])
    sandbox.expire((await new_checkout(client)).id)
    session = sandbox.pay((await plan_checkout(client, next(iter(PLAN_PRICES)))).id)
    await client.billing_portal.sessions.create_async({"customer": session["customer"]})
    sandbox.advance(timedelta(days=31))
    sandbox.decline_renewals(session["subscription"])
    sandbox.advance(timedelta(days=31))
    sandbox.cancel(session["subscription"])
    return sandbox


async def test_every_object_has_the_fields_of_its_type(lived: Sandbox) -> None:
    kinds = set(lived.account.objects)
    assert kinds == MODULES.keys() - {"item", "line_item", "plan"}
    for kind in kinds:
        for document in lived.all(kind):
            check_objects(document, kind)


async def test_every_event_has_a_type_that_the_sdk_knows(lived: Sandbox) -> None:
    known = fields_of(class_of("event"))["type"]
    types = {event["type"] for event in lived.events()}
    assert [name for name in types if f"'{name}'" not in known] == []


@pytest.mark.parametrize(
    "module, name, allowed",
    [
        ("checkout._session_create_params", "SessionCreateParams", checkout.SESSION_PARAMS),
        (
            "checkout._session_create_params",
            "SessionCreateParamsPaymentIntentData",
            checkout.INTENT_PARAMS,
        ),
        (
            "checkout._session_create_params",
            "SessionCreateParamsSubscriptionData",
            checkout.SUBSCRIPTION_PARAMS,
        ),
        ("_customer_create_params", "CustomerCreateParams", customers.CUSTOMER_PARAMS),
        ("_refund_create_params", "RefundCreateParams", refunds.REFUND_PARAMS),
        ("_price_create_params", "PriceCreateParams", catalog.PRICE_PARAMS),
        ("_product_create_params", "ProductCreateParams", catalog.PRODUCT_PARAMS),
        (
            "_subscription_update_params",
            "SubscriptionUpdateParams",
            subscriptions.UPDATE_PARAMS,
        ),
        (
            "_subscription_cancel_params",
            "SubscriptionCancelParams",
            subscriptions.CANCEL_PARAMS,
        ),
        (
            "billing_portal._session_create_params",
            "SessionCreateParams",
            portal.PORTAL_PARAMS,
        ),
        ("_invoice_list_params", "InvoiceListParams", FILTERS["invoice"].keys()),
        ("_charge_list_params", "ChargeListParams", FILTERS["charge"].keys()),
        (
            "checkout._session_list_params",
            "SessionListParams",
            FILTERS["checkout.session"].keys(),
        ),
        ("_subscription_list_params", "SubscriptionListParams", FILTERS["subscription"].keys()),
    ],
)
def test_every_parameter_is_one_of_the_call(module: str, name: str, allowed: set[str]) -> None:
    params = getattr(import_module(f"stripe.params.{module}"), name)
    known = {key for base in (params, *params.__orig_bases__) for key in annotations_of(base)}
    assert set(allowed) <= known


def annotations_of(typed_dict: Any) -> set[str]:
    return set(getattr(typed_dict, "__annotations__", {}))
