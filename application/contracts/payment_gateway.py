"""PaymentGatewayContract: the conformance tests of every PaymentGateway adapter."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import uuid4

from application.ports.payment_gateway import (
    CURRENCY,
    PaymentGateway,
    PaymentStatus,
    RefundRefused,
)
from domain.checkouts import Checkout, CheckoutStatus
from domain.ids import BookingId, CheckoutId, UserId
from domain.money import Money

PRICE = Money(21_00)
PARTIAL_AMOUNT = Money(8_00)


class Payer(Protocol):
    """Pays on checkout pages in a test, as a customer would."""

    async def pay(self, session_id: str) -> None:
        """Pay the page's amount."""
        ...


class PaymentGatewayContract:
    """Subclass this as `Test…` and define two fixtures.

    `gateway` is the adapter under test, and `payer` a Payer at the same provider.
    """

    async def test_a_user_is_the_same_customer_each_time(self, gateway: PaymentGateway) -> None:
        user_id = UserId(uuid4())
        first = await gateway.create_customer(user_id, f"{user_id}@example.com")
        assert first
        assert await gateway.create_customer(user_id, f"{user_id}@example.com") == first

    async def test_an_opened_page_has_the_price_and_expiry_of_its_checkout(
        self, gateway: PaymentGateway
    ) -> None:
        checkout = a_checkout()
        page = await gateway.open_checkout(checkout, await a_customer(gateway), "Birch Room")
        assert (page.status, page.payment_id) == (PaymentStatus.OPEN, None)
        assert (page.amount, page.currency) == (PRICE.cents, CURRENCY)
        assert page.checkout_id == checkout.id
        assert page.url is not None
        assert page.url.startswith("http")
        assert page.expires_at == checkout.requested_expiry

    async def test_a_checkout_that_is_opened_twice_has_one_page(
        self, gateway: PaymentGateway
    ) -> None:
        checkout, customer_id = a_checkout(), await a_customer(gateway)
        pages = [await gateway.open_checkout(checkout, customer_id, "Birch Room") for _ in "12"]
        assert pages[0] == pages[1]

    async def test_a_page_can_be_read(self, gateway: PaymentGateway) -> None:
        page = await gateway.open_checkout(a_checkout(), await a_customer(gateway), "Birch Room")
        assert await gateway.get_checkout(page.session_id) == page

    async def test_an_open_page_is_closed_for_good(self, gateway: PaymentGateway) -> None:
        page = await gateway.open_checkout(a_checkout(), await a_customer(gateway), "Birch Room")
        assert (await gateway.expire_checkout(page.session_id)).status is PaymentStatus.EXPIRED
        assert (await gateway.expire_checkout(page.session_id)).status is PaymentStatus.EXPIRED
        assert (await gateway.get_checkout(page.session_id)).status is PaymentStatus.EXPIRED

    async def test_a_paid_page_names_its_payment_and_is_not_closed(
        self, gateway: PaymentGateway, payer: Payer
    ) -> None:
        session_id, payment_id = await a_payment(gateway, payer)
        page = await gateway.expire_checkout(session_id)
        assert (page.status, page.payment_id) == (PaymentStatus.PAID, payment_id)
        payment = await gateway.get_payment(payment_id)
        assert (payment.amount, payment.refunded) == (PRICE.cents, 0)
        assert await gateway.bill_of(payment_id) is None

    async def test_a_repeated_refund_is_made_once(
        self, gateway: PaymentGateway, payer: Payer
    ) -> None:
        _, payment_id = await a_payment(gateway, payer)
        refund_id = uuid4()
        for _ in "12":
            await gateway.refund(refund_id, payment_id, PARTIAL_AMOUNT)
        assert (await gateway.get_payment(payment_id)).refunded == PARTIAL_AMOUNT.cents

    async def test_partial_refunds_add_up_and_never_exceed_the_payment(
        self, gateway: PaymentGateway, payer: Payer
    ) -> None:
        _, payment_id = await a_payment(gateway, payer)
        await gateway.refund(uuid4(), payment_id, PARTIAL_AMOUNT)
        await gateway.refund(uuid4(), payment_id, PARTIAL_AMOUNT)
        try:
            await gateway.refund(uuid4(), payment_id, PARTIAL_AMOUNT)
        except RefundRefused:
            refused = True
        else:
            refused = False
        assert refused
        assert (await gateway.get_payment(payment_id)).refunded == 2 * PARTIAL_AMOUNT.cents

    async def test_concurrent_refunds_never_exceed_the_payment(
        self, gateway: PaymentGateway, payer: Payer
    ) -> None:
        _, payment_id = await a_payment(gateway, payer)
        requests = (gateway.refund(uuid4(), payment_id, PRICE) for _ in range(3))
        outcomes = await asyncio.gather(*requests, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes].count(RefundRefused) == len(outcomes) - 1
        assert (await gateway.get_payment(payment_id)).refunded == PRICE.cents

    async def test_the_portal_has_a_url(self, gateway: PaymentGateway) -> None:
        url = await gateway.open_portal(await a_customer(gateway), uuid4())
        assert url.startswith("http")


def a_checkout() -> Checkout:
    """Return a checkout for a booking, created now."""
    return Checkout(
        id=CheckoutId(uuid4()),
        user_id=UserId(uuid4()),
        booking_id=BookingId(uuid4()),
        plan_type=None,
        amount=PRICE,
        status=CheckoutStatus.OPENING,
        created_at=datetime.now(UTC) - timedelta(seconds=1),
    )


async def a_customer(gateway: PaymentGateway) -> str:
    """Return the id of a new customer."""
    user_id = UserId(uuid4())
    return await gateway.create_customer(user_id, f"{user_id}@example.com")


async def a_payment(gateway: PaymentGateway, payer: Payer) -> tuple[str, str]:
    """Pay on a new page. Returns its session id and its payment id."""
    page = await gateway.open_checkout(a_checkout(), await a_customer(gateway), "Birch Room")
    await payer.pay(page.session_id)
    paid = await gateway.get_checkout(page.session_id)
    assert paid.payment_id is not None
    return page.session_id, paid.payment_id
