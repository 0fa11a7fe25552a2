"""Rescheduling: the price, the invoice and the refund of a booking that moves."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.bookings import Booking, BookingStatus
from domain.errors import PaymentRequired
from domain.house import Confirmation, House
from domain.ids import InvoiceId, RefundId
from domain.invoices import InvoiceStatus
from domain.money import ZERO, Money
from domain.rescheduling import Rescheduling, reschedule
from domain.tariff import Tariff
from tests.entities import (
    IDS,
    MONDAY,
    a_booking,
    a_member,
    a_space,
    a_subscription,
    a_user,
    a_zone,
    an_invoice,
    hours,
)

USER = a_user()
ROOM = a_space()
OTHER_ROOM = a_space(name="Garden room")
ZONE = a_zone(3, tariff=Tariff(hourly=Money(12_50)))
HOUSE = House(timezone=ZoneInfo("UTC"), confirmation=Confirmation.PAYMENT)
IMMEDIATE = House(timezone=ZoneInfo("UTC"), confirmation=Confirmation.IMMEDIATE)
NOW = MONDAY + timedelta(minutes=5)
INVOICE_ID = InvoiceId(IDS.new())
REFUND_ID = RefundId(IDS.new())


def moved(booking: Booking, **fields: Any) -> Rescheduling:
    """Move the booking by an hour, unless the fields say otherwise."""
    defaults: dict[str, Any] = {
        "invoice": None,
        "space": ROOM,
        "free_desks": [1],
        "period": hours(10, 11),
        "notes": None,
        "subscription": None,
        "invoice_id": INVOICE_ID,
        "refund_id": REFUND_ID,
        "house": HOUSE,
        "now": NOW,
    }
    return reschedule(booking, **defaults | fields)


def booked(status: BookingStatus = BookingStatus.CONFIRMED, **fields: Any) -> Booking:
    return a_booking(USER, ROOM, hours(9, 10), status=status, **fields)


def test_a_paid_booking_moves_at_its_price_and_changes_nothing_else() -> None:
    booking = booked(paid=Money(12_50))
    invoice = an_invoice(booking, status=InvoiceStatus.PAID, paid_at=MONDAY)
    result = moved(booking, invoice=invoice, notes="by the window")
    assert (result.booking.period, result.booking.notes) == (hours(10, 11), "by the window")
    assert (result.booking.amount, result.booking.paid) == (Money(12_50), Money(12_50))
    assert (result.booking.updated_at, result.booking.version) == (NOW, booking.version + 1)
    assert (result.changed_invoice, result.new_invoice) == (None, None)
    assert (result.refund, result.covered_by) == (None, None)


@pytest.mark.parametrize("free_desks, desk", [([1, 2, 3], 2), ([2], 2), ([3], 3)])
def test_a_booking_keeps_its_desk_while_it_is_free(free_desks: list[int], desk: int) -> None:
    booking = a_booking(USER, ZONE, hours(9, 10), status=BookingStatus.CONFIRMED, desk=2)
    assert moved(booking, space=ZONE, free_desks=free_desks).booking.desk == desk


def test_the_desk_of_another_space_is_not_kept() -> None:
    desks = [1, 2, 3]
    chosen = set()
    for _ in range(50):
        booking = a_booking(USER, a_zone(3), hours(9, 10), status=BookingStatus.CONFIRMED, desk=2)
        chosen.add(moved(booking, space=ZONE, free_desks=desks).booking.desk)
    assert chosen == set(desks)


def test_a_paid_booking_that_becomes_cheaper_refunds_the_difference() -> None:
    booking = booked(amount=Money(25_00), paid=Money(25_00))
    invoice = an_invoice(booking, status=InvoiceStatus.PAID, paid_at=MONDAY)
    result = moved(booking, invoice=invoice, space=OTHER_ROOM)
    refund = result.refund
    assert refund is not None
    assert (refund.id, refund.amount, refund.decided_at) == (REFUND_ID, Money(12_50), NOW)
    assert (refund.booking_id, refund.space_id) == (booking.id, OTHER_ROOM.id)
    assert result.booking.amount == result.booking.refundable_amount == Money(12_50)
    assert (result.changed_invoice, result.new_invoice) == (None, None)


def test_what_was_refunded_before_is_not_refunded_again() -> None:
    booking = booked(amount=Money(25_00), paid=Money(25_00), refunded=Money(20_00))
    assert moved(booking).refund is None


@pytest.mark.parametrize(
    "house, paid, invoice_status",
    [
        (HOUSE, Money(12_50), InvoiceStatus.PAID),
        (HOUSE, ZERO, None),
        (HOUSE, ZERO, InvoiceStatus.VOID),
        (IMMEDIATE, Money(12_50), InvoiceStatus.PAID),
    ],
    ids=["paid", "free of charge", "voided", "paid after immediate confirmation"],
)
def test_a_settled_booking_does_not_become_more_expensive(
    house: House, paid: Money, invoice_status: InvoiceStatus | None
) -> None:
    booking = booked(amount=paid, paid=paid)
    invoice = invoice_status and an_invoice(
        booking,
        status=invoice_status,
        paid_at=MONDAY if invoice_status is InvoiceStatus.PAID else None,
    )
    with pytest.raises(PaymentRequired, match="more than was paid"):
        moved(booking, house=house, invoice=invoice, period=hours(10, 12))


def test_a_held_booking_takes_its_draft_along() -> None:
    booking = booked(BookingStatus.PENDING)
    draft = an_invoice(booking, status=InvoiceStatus.DRAFT)
    result = moved(booking, invoice=draft, space=OTHER_ROOM, period=hours(10, 12))
    changed = result.changed_invoice
    assert changed is not None
    assert (changed.id, changed.status) == (draft.id, InvoiceStatus.DRAFT)
    assert (changed.amount, changed.space_id) == (Money(25_00), OTHER_ROOM.id)
    assert changed.description == "Garden room, 2026-03-02 10:00 to 2026-03-02 12:00"
    assert (result.new_invoice, result.refund) == (None, None)
    assert result.booking.status is BookingStatus.PENDING
    assert result.booking.hold_expires_at == booking.hold_expires_at


def test_the_draft_of_a_booking_that_now_costs_nothing_is_voided() -> None:
    booking = booked(BookingStatus.PENDING)
    free = a_space(tariff=Tariff(hourly=ZERO))
    result = moved(booking, invoice=an_invoice(booking, status=InvoiceStatus.DRAFT), space=free)
    changed = result.changed_invoice
    assert changed is not None
    assert (changed.status, changed.space_id) == (InvoiceStatus.VOID, free.id)
    assert result.new_invoice is None
    assert result.booking.status is BookingStatus.CONFIRMED


@pytest.mark.parametrize("status", [InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE])
@pytest.mark.parametrize("house", [HOUSE, IMMEDIATE], ids=["payment", "immediate"])
def test_an_unpaid_issued_invoice_is_voided_and_replaced(
    house: House, status: InvoiceStatus
) -> None:
    booking = booked()
    owed = an_invoice(booking, status=status)
    result = moved(booking, house=house, invoice=owed, space=OTHER_ROOM, period=hours(10, 12))
    voided, new = result.changed_invoice, result.new_invoice
    assert voided is not None
    assert (voided.id, voided.status, voided.space_id) == (
        owed.id,
        InvoiceStatus.VOID,
        OTHER_ROOM.id,
    )
    assert new is not None
    assert (new.id, new.status, new.amount) == (INVOICE_ID, InvoiceStatus.OPEN, Money(25_00))
    assert (new.booking_id, new.user_id, new.issued_at) == (booking.id, USER.id, NOW)
    assert new.description == "Garden room, 2026-03-02 10:00 to 2026-03-02 12:00"


def test_a_plan_that_covers_the_new_time_is_used() -> None:
    plan = a_subscription(a_member(USER))
    booking = a_booking(USER, ZONE, hours(9, 10), status=BookingStatus.CONFIRMED, paid=Money(12_50))
    result = moved(booking, space=ZONE, subscription=plan)
    assert (result.booking.amount, result.booking.covered_by_plan) == (ZERO, True)
    assert result.covered_by == plan.with_usage_recorded(at=NOW)
    assert result.refund is not None
    assert result.refund.amount == Money(12_50)
    assert result.new_invoice is None


def test_a_plan_that_does_not_cover_the_new_time_is_not_used() -> None:
    plan = a_subscription(a_member(USER), current_period=hours(-24, 9))
    booking = a_booking(USER, ZONE, hours(9, 10), status=BookingStatus.CONFIRMED, paid=Money(12_50))
    result = moved(booking, space=ZONE, subscription=plan)
    assert (result.booking.covered_by_plan, result.covered_by) == (False, None)
