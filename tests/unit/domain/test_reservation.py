"""Reservation: the price and the initial status of a booking."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.bookings import BookingStatus
from domain.house import Confirmation, House
from domain.ids import BookingId, InvoiceId
from domain.invoices import InvoiceStatus
from domain.money import ZERO, Money
from domain.period import Period
from domain.reservation import Reservation, quote, reserve
from domain.spaces import SpaceType
from domain.subscriptions import PlanType, Subscription
from domain.tariff import Tariff
from tests.entities import IDS, MONDAY, a_member, a_space, a_subscription, a_user, a_zone, hours
from tests.unit.domain.time_strategies import KATHMANDU, NEW_YORK

USER = a_user()
MEMBER = a_member(USER)
PAID_FIRST = House(timezone=ZoneInfo("UTC"), confirmation=Confirmation.PAYMENT)
AT_ONCE = House(timezone=ZoneInfo("UTC"), confirmation=Confirmation.IMMEDIATE)
BOTH = pytest.mark.parametrize("house", [PAID_FIRST, AT_ONCE], ids=["payment", "immediate"])


def reserved(house: House, **fields: Any) -> Reservation:
    defaults: dict[str, Any] = {
        "booking_id": BookingId(IDS.new()),
        "invoice_id": InvoiceId(IDS.new()),
        "user_id": USER.id,
        "space": a_space(),
        "desk": 1,
        "period": hours(9, 10),
        "subscription": None,
        "notes": None,
        "now": MONDAY,
    }
    return reserve(house=house, **defaults | fields)


def test_a_booking_with_a_price_is_held_with_a_draft_invoice() -> None:
    reservation = reserved(PAID_FIRST, notes="by the window")
    booking, invoice = reservation.booking, reservation.invoice
    assert booking.status is BookingStatus.PENDING
    assert booking.hold_expires_at == MONDAY + timedelta(minutes=15)
    assert (booking.amount, booking.paid, booking.notes) == (Money(12_50), ZERO, "by the window")
    assert invoice is not None
    assert (invoice.status, invoice.amount) == (InvoiceStatus.DRAFT, Money(12_50))
    assert (invoice.booking_id, invoice.space_id) == (booking.id, booking.space_id)


def test_a_booking_and_its_invoice_name_their_ids_user_and_time() -> None:
    booking_id, invoice_id = BookingId(IDS.new()), InvoiceId(IDS.new())
    reservation = reserved(PAID_FIRST, booking_id=booking_id, invoice_id=invoice_id, now=MONDAY)
    booking, invoice = reservation.booking, reservation.invoice
    assert (booking.id, booking.user_id) == (booking_id, USER.id)
    assert (booking.created_at, booking.updated_at) == (MONDAY, MONDAY)
    assert invoice is not None
    assert (invoice.id, invoice.user_id, invoice.issued_at) == (invoice_id, USER.id, MONDAY)


def test_immediate_confirmation_confirms_with_an_open_invoice() -> None:
    reservation = reserved(AT_ONCE)
    assert reservation.booking.status is BookingStatus.CONFIRMED
    assert reservation.booking.hold_expires_at is None
    assert reservation.invoice is not None
    assert reservation.invoice.status is InvoiceStatus.OPEN


@BOTH
def test_a_free_booking_is_confirmed_immediately_without_an_invoice(house: House) -> None:
    free = a_space(tariff=Tariff(hourly=ZERO))
    reservation = reserved(house, space=free)
    assert reservation.booking.status is BookingStatus.CONFIRMED
    assert (reservation.booking.amount, reservation.invoice) == (ZERO, None)
    assert not reservation.booking.covered_by_plan


@BOTH
def test_a_covered_booking_is_confirmed_immediately_and_uses_the_plan(house: House) -> None:
    plan = a_subscription(MEMBER)
    reservation = reserved(house, space=a_zone(3), subscription=plan)
    assert reservation.booking.status is BookingStatus.CONFIRMED
    assert reservation.booking.covered_by_plan
    assert (reservation.booking.amount, reservation.invoice) == (ZERO, None)
    assert reservation.covered_by == plan.with_usage_recorded(at=MONDAY)


@pytest.mark.parametrize(
    "plan",
    [None, a_subscription(MEMBER, current_period=hours(-24, 9)), a_subscription(MEMBER)],
    ids=["no plan", "a plan that ends before", "a lesser plan"],
)
def test_an_uncovered_booking_is_charged_and_uses_no_plan(plan: Subscription | None) -> None:
    office = a_space(space_type=SpaceType.PRIVATE_OFFICE)
    reservation = reserved(PAID_FIRST, space=office, subscription=plan)
    assert reservation.booking.amount == Money(12_50)
    assert not reservation.booking.covered_by_plan
    assert reservation.covered_by is None


def test_a_quote_of_a_covered_booking_shows_the_full_price_in_its_lines() -> None:
    desk = a_zone(3, tariff=Tariff(hourly=Money(4_00)))
    plan = a_subscription(MEMBER, plan_type=PlanType.PRIVATE_OFFICE)
    price = quote(hours(9, 10.5), desk, plan, AT_ONCE)
    assert (price.amount, price.full_price, price.covered_by_plan) == (ZERO, Money(6_00), True)
    assert [(line.unit.value, line.quantity, str(line.amount)) for line in price.lines] == [
        ("hour", "1.5", "6.00")
    ]


def test_a_quote_counts_days_on_the_houses_clock() -> None:
    room = a_space(tariff=Tariff(hourly=Money(12_50), daily=Money(100_00)))
    # From noon to noon in New York, 25 hours because the clock goes back.
    noon_to_noon = Period(
        datetime(2026, 10, 31, 16, tzinfo=UTC), datetime(2026, 11, 1, 17, tzinfo=UTC)
    )
    price = quote(noon_to_noon, room, None, House(timezone=NEW_YORK))
    assert [(line.unit.value, line.quantity) for line in price.lines] == [("day", "1")]


def test_an_invoice_names_the_space_and_the_local_time() -> None:
    invoice = reserved(House(timezone=KATHMANDU)).invoice
    assert invoice is not None
    assert invoice.description == "Harbour room, 2026-03-02 14:45 to 2026-03-02 15:45"
