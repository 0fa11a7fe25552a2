"""The sandbox's objects, events and parameters are those of the SDK's types."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from adapters.stripe.sandbox import PLAN_PRICES, Sandbox
from adapters.stripe.sandbox.api.listing import FILTERS
from adapters.stripe.sandbox.resources import (
    checkout_sessions,
    customers,
    portal_sessions,
    prices,
    products,
    refunds,
    subscriptions,
)
from tests.stripe_sandbox.sdk_schema import MODULES, check_objects, class_of, fields_of
from tests.stripe_sandbox.stripe_client import create_plan_session, create_session


@pytest.fixture
async def used_sandbox(sandbox: Sandbox, client: Any) -> Sandbox:
    """A sandbox in which every kind of event has happened."""
    intent = sandbox.pay((await create_session(client)).id)["payment_intent"]
    await client.refunds.create_async({"payment_intent": intent, "reason": "duplicate"})
    sandbox.decline((await create_session(client)).id)
    sandbox.fail_async_payment(sandbox.start_async_payment((await create_session(client)).id)["id"])
    sandbox.expire((await create_session(client)).id)
    session = sandbox.pay((await create_plan_session(client, next(iter(PLAN_PRICES)))).id)
    await client.billing_portal.sessions.create_async({"customer": session["customer"]})
    sandbox.advance(timedelta(days=31))
    sandbox.decline_renewals(session["subscription"])
    sandbox.advance(timedelta(days=31))
    sandbox.cancel(session["subscription"])
    return sandbox


async def test_every_object_has_the_fields_of_its_type(used_sandbox: Sandbox) -> None:
    kinds = set(used_sandbox.account.objects)
    assert kinds == MODULES.keys() - {"item", "line_item", "plan"}
    for kind in kinds:
        for document in used_sandbox.all(kind):
            check_objects(document, kind)


async def test_every_event_has_a_type_that_the_sdk_knows(used_sandbox: Sandbox) -> None:
    known = fields_of(class_of("event"))["type"]
    types = {event["type"] for event in used_sandbox.events()}
    assert [name for name in types if f"'{name}'" not in known] == []


@pytest.mark.parametrize(
    "module, name, allowed",
    [
        (
            "checkout._session_create_params",
            "SessionCreateParams",
            checkout_sessions.SESSION_PARAMS,
        ),
        (
            "checkout._session_create_params",
            "SessionCreateParamsPaymentIntentData",
            checkout_sessions.PAYMENT_INTENT_PARAMS,
        ),
        (
            "checkout._session_create_params",
            "SessionCreateParamsSubscriptionData",
            checkout_sessions.SUBSCRIPTION_PARAMS,
        ),
        ("_customer_create_params", "CustomerCreateParams", customers.CUSTOMER_PARAMS),
        ("_refund_create_params", "RefundCreateParams", refunds.REFUND_PARAMS),
        ("_price_create_params", "PriceCreateParams", prices.PRICE_PARAMS),
        ("_product_create_params", "ProductCreateParams", products.PRODUCT_PARAMS),
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
            portal_sessions.PORTAL_PARAMS,
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
def test_every_allowed_parameter_is_known_to_the_sdk(
    module: str, name: str, allowed: set[str]
) -> None:
    params = getattr(import_module(f"stripe.params.{module}"), name)
    known = {key for base in (params, *params.__orig_bases__) for key in _annotations(base)}
    assert set(allowed) <= known


def _annotations(typed_dict: Any) -> set[str]:
    return set(getattr(typed_dict, "__annotations__", {}))
