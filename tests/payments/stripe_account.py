"""The Stripe adapter against a Stripe test account: `make test-stripe`.

The file name keeps it out of every other run. Only a person can pay on a page hosted by Stripe, so
the contract tests that need that are skipped. Payments are tested with one that is made without a
page, with one of Stripe's test cards.
"""

import os
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import stripe

from adapters.stripe.gateway import StripePaymentGateway
from application.contracts.payment_gateway import (
    PARTIAL_AMOUNT,
    PRICE,
    Payer,
    PaymentGatewayContract,
    a_checkout,
    a_customer,
)
from application.ports.payment_gateway import CURRENCY, PaymentGateway, RefundRefused
from tests.stripe_sandbox.sdk_schema import check_objects

KEY = os.environ["STRIPE_SECRET_KEY"]
API_BASE = os.environ.get("STRIPE_API_BASE")
PAYMENT_BY_TEST_CARD: Any = {
    "amount": PRICE.cents,
    "currency": CURRENCY,
    "payment_method": "pm_card_visa",
    "confirm": True,
    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
}


@pytest.fixture
async def gateway() -> AsyncIterator[PaymentGateway]:
    payments = StripePaymentGateway(KEY, {}, "https://house.test", api_base=API_BASE)
    yield payments
    await payments.close()


@pytest.fixture
async def client() -> AsyncIterator[Any]:
    http = stripe.HTTPXClient(timeout=10)
    addresses: Any = {"api": API_BASE} if API_BASE else {}
    yield stripe.StripeClient(KEY, base_addresses=addresses, http_client=http).v1
    await http.close_async()  # type: ignore[no-untyped-call]  # the SDK is untyped there


class TestStripeAccount(PaymentGatewayContract):
    @pytest.fixture
    def payer(self) -> Payer:
        pytest.skip("only a person can pay on a page that Stripe hosts")


async def test_no_real_money_moves(gateway: PaymentGateway) -> None:
    assert not gateway.livemode


async def test_partial_refunds_are_made_once_each_and_never_exceed_the_payment(
    gateway: PaymentGateway, client: Any
) -> None:
    payment_id = (await client.payment_intents.create_async(PAYMENT_BY_TEST_CARD)).id
    payment = await gateway.get_payment(payment_id)
    assert (payment.amount, payment.refunded) == (PRICE.cents, 0)
    assert await gateway.bill_of(payment_id) is None
    first = uuid4()
    for refund_id in (first, first, uuid4()):
        await gateway.refund(refund_id, payment_id, PARTIAL_AMOUNT)
    with pytest.raises(RefundRefused):
        await gateway.refund(uuid4(), payment_id, PARTIAL_AMOUNT)
    assert (await gateway.get_payment(payment_id)).refunded == 2 * PARTIAL_AMOUNT.cents


async def test_responses_have_the_fields_of_the_sdk(gateway: PaymentGateway, client: Any) -> None:
    customer_id = await a_customer(gateway)
    page = await gateway.open_checkout(a_checkout(), customer_id, "Birch Room")
    responses = [
        await client.customers.retrieve_async(customer_id),
        await client.checkout.sessions.retrieve_async(page.session_id),
    ]
    for response in responses:
        check_objects(response.to_dict(), "the response")
