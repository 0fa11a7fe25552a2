"""Settlement: which payments confirm, reinstate or settle a booking, and which are returned."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.bookings import Booking, BookingStatus
from domain.house import House
from domain.ids import RefundId
from domain.invoices import Invoice, InvoiceStatus
from domain.money import ZERO, Money
from domain.settlement import (
    Payment,
    ReturnedPayment,
    Settlement,
    can_be_reinstated,
    settle_payment,
)
from tests.entities import IDS, MONDAY, a_booking, a_user, a_zone, an_invoice, hours

HOUSE = House(timezone=ZoneInfo("UTC"), no_show_grace=timedelta(minutes=30))
PRICE = Money(12_50)
USER, ZONE = a_user(), a_zone(4)
NO_SHOW_FROM = MONDAY + timedelta(hours=9, minutes=30)
MICROSECOND = timedelta(microseconds=1)
LAPSED: dict[str, Any] = {"status": BookingStatus.CANCELLED, "lapsed": True}
PAID: dict[str, Any] = {"paid": PRICE}
GIVEN_BACK: dict[str, Any] = {"paid": PRICE, "refunded": PRICE}


def booked(status: BookingStatus, **fields: Any) -> Booking:
    return a_booking(USER, ZONE, hours(9, 10), status=status, **fields)


def lapsed(**fields: Any) -> Booking:
    return booked(**LAPSED | fields)


def settled(
    booking: Booking,
    invoice_status: InvoiceStatus | None,
    *,
    amount: Money = PRICE,
    refunded: Money = ZERO,
    free_desks: tuple[int, ...] = (),
    now: datetime = MONDAY,
) -> Settlement | ReturnedPayment:
    paid_at = MONDAY if invoice_status is InvoiceStatus.PAID else None
    invoice = (
        None
        if invoice_status is None
        else an_invoice(booking, status=invoice_status, paid_at=paid_at)
    )
    return settle_payment(
        booking,
        invoice,
        Payment(id="pi_1", amount=amount, refunded=refunded),
        free_desks=list(free_desks),
        refund_id=RefundId(IDS.new()),
        house=HOUSE,
        now=now,
    )


def invoice_of(settlement: Settlement) -> Invoice:
    assert settlement.invoice is not None
    return settlement.invoice


def test_a_payment_confirms_a_held_booking_and_pays_its_draft() -> None:
    booking = booked(BookingStatus.PENDING)
    settlement = settled(booking, InvoiceStatus.DRAFT)
    assert isinstance(settlement, Settlement)
    assert settlement.booking == booking.paid_and_confirmed(at=MONDAY)
    assert (settlement.is_confirmation, settlement.is_reinstatement) == (True, False)
    invoice = invoice_of(settlement)
    assert (invoice.status, invoice.paid_at, invoice.issued_at) == (
        InvoiceStatus.PAID,
        MONDAY,
        MONDAY,
    )


@pytest.mark.parametrize("status", [InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE])
@pytest.mark.parametrize(
    "booking",
    [
        booked(BookingStatus.CONFIRMED),
        booked(BookingStatus.CHECKED_IN),
        booked(BookingStatus.COMPLETED),
        booked(BookingStatus.NO_SHOW),
    ],
    ids=lambda booking: booking.status.value,
)
def test_a_payment_settles_what_is_owed_and_leaves_the_status(
    booking: Booking, status: InvoiceStatus
) -> None:
    settlement = settled(booking, status)
    assert isinstance(settlement, Settlement)
    assert settlement.booking == booking.with_payment(PRICE, at=MONDAY)
    assert (settlement.is_confirmation, settlement.is_reinstatement) == (False, False)
    assert invoice_of(settlement).status is InvoiceStatus.PAID


@pytest.mark.parametrize(
    "free_desks, desks",
    [((1, 2), {1}), ((1,), {1}), ((2, 4), {2, 4}), ((3,), {3})],
)
def test_a_payment_reinstates_a_lapsed_booking_on_its_own_desk_or_another(
    free_desks: tuple[int, ...], desks: set[int]
) -> None:
    settlement = settled(lapsed(desk=1), InvoiceStatus.VOID, free_desks=free_desks)
    assert isinstance(settlement, Settlement)
    booking = settlement.booking
    assert (booking.status, booking.paid, booking.lapsed) == (BookingStatus.CONFIRMED, PRICE, False)
    assert booking.desk in desks
    assert (settlement.is_confirmation, settlement.is_reinstatement) == (True, True)
    assert (invoice_of(settlement).status, invoice_of(settlement).issued_at) == (
        InvoiceStatus.PAID,
        MONDAY,
    )


@pytest.mark.parametrize(
    "booking, invoice_status, amount",
    [
        (booked(BookingStatus.PENDING), InvoiceStatus.DRAFT, Money(12_49)),
        (booked(BookingStatus.PENDING), InvoiceStatus.DRAFT, Money(12_51)),
        (booked(BookingStatus.CONFIRMED), InvoiceStatus.OPEN, Money(1)),
        (booked(BookingStatus.CONFIRMED, **PAID), InvoiceStatus.PAID, PRICE),
        (booked(BookingStatus.CHECKED_IN, **PAID), InvoiceStatus.PAID, PRICE),
        (booked(BookingStatus.CONFIRMED, **GIVEN_BACK), InvoiceStatus.OPEN, PRICE),
        (booked(BookingStatus.CONFIRMED), InvoiceStatus.VOID, PRICE),
        (booked(BookingStatus.CONFIRMED), None, PRICE),
        (booked(BookingStatus.CANCELLED), InvoiceStatus.VOID, PRICE),
        (booked(BookingStatus.CANCELLED), InvoiceStatus.OPEN, PRICE),
        (lapsed(), InvoiceStatus.VOID, PRICE),
    ],
    ids=[
        "too little",
        "too much",
        "another price",
        "paid",
        "paid and begun",
        "paid and given back",
        "not owed",
        "without an invoice",
        "cancelled",
        "cancelled and owed",
        "lapsed with no desk free",
    ],
)
def test_a_payment_that_the_booking_does_not_need_is_returned_in_full(
    booking: Booking, invoice_status: InvoiceStatus | None, amount: Money
) -> None:
    returned = settled(booking, invoice_status, amount=amount)
    assert isinstance(returned, ReturnedPayment)
    assert returned.booking == booking.with_payment(amount, at=MONDAY)
    refund = returned.refund
    assert (refund.amount, refund.payment_id, refund.decided_at) == (amount, "pi_1", MONDAY)
    assert (refund.booking_id, refund.space_id) == (booking.id, booking.space_id)


def test_a_held_booking_is_confirmed_even_if_a_payment_of_another_price_is_being_returned() -> None:
    booking = booked(BookingStatus.PENDING, paid=Money(5_00))
    settlement = settled(booking, InvoiceStatus.DRAFT)
    assert isinstance(settlement, Settlement)
    assert settlement.booking.paid == Money(17_50)


@pytest.mark.parametrize(
    "booking, invoice_status",
    [(booked(BookingStatus.PENDING), InvoiceStatus.DRAFT), (lapsed(), InvoiceStatus.VOID)],
    ids=["hold expired", "lapsed"],
)
@pytest.mark.parametrize(
    "now, is_settled", [(NO_SHOW_FROM - MICROSECOND, True), (NO_SHOW_FROM, False)]
)
def test_a_late_payment_counts_until_the_booking_would_be_a_no_show(
    booking: Booking, invoice_status: InvoiceStatus, now: datetime, *, is_settled: bool
) -> None:
    outcome = settled(booking, invoice_status, free_desks=(1,), now=now)
    assert isinstance(outcome, Settlement) is is_settled


def test_a_payment_before_the_hold_expires_is_never_late() -> None:
    booking = booked(BookingStatus.PENDING, hold_expires_at=NO_SHOW_FROM + timedelta(days=1))
    assert isinstance(settled(booking, InvoiceStatus.DRAFT, now=NO_SHOW_FROM), Settlement)


@pytest.mark.parametrize(
    "reported, refunded",
    [(ZERO, ZERO), (Money(5_00), Money(5_00)), (PRICE, PRICE), (Money(20_00), PRICE)],
)
def test_a_refund_that_was_reported_before_its_payment_counts(
    reported: Money, refunded: Money
) -> None:
    settlement = settled(booked(BookingStatus.PENDING), InvoiceStatus.DRAFT, refunded=reported)
    assert isinstance(settlement, Settlement)
    assert settlement.refunded == refunded
    assert settlement.booking.refunded == refunded
    assert invoice_of(settlement).refunded == refunded


@pytest.mark.parametrize(
    "booking, amount, now, can_be",
    [
        (lapsed(), PRICE, MONDAY, True),
        (lapsed(), Money(1), MONDAY, False),
        (lapsed(), PRICE, NO_SHOW_FROM, False),
        (lapsed(**PAID), PRICE, MONDAY, False),
        (lapsed(**GIVEN_BACK), PRICE, MONDAY, True),
        (booked(BookingStatus.CANCELLED), PRICE, MONDAY, False),
        (booked(BookingStatus.PENDING), PRICE, MONDAY, False),
    ],
)
def test_only_a_lapsed_booking_can_be_reinstated(
    booking: Booking, amount: Money, now: datetime, *, can_be: bool
) -> None:
    assert can_be_reinstated(booking, amount, house=HOUSE, now=now) is can_be
    outcome = settled(booking, InvoiceStatus.VOID, amount=amount, free_desks=(1,), now=now)
    if booking.lapsed:
        assert isinstance(outcome, Settlement) is can_be


def test_a_settlement_changes_only_the_fields_of_the_payment() -> None:
    booking = booked(BookingStatus.PENDING, notes="by the window")
    settlement = settled(booking, InvoiceStatus.DRAFT)
    assert isinstance(settlement, Settlement)
    same = {"status", "paid", "hold_expires_at", "version", "updated_at"}
    unchanged = {name: getattr(booking, name) for name in same}
    assert replace(settlement.booking, **unchanged) == booking
