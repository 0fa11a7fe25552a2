"""Invoice: its transitions, and its invariants."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.errors import InvalidTransition
from domain.ids import SubscriptionId
from domain.invoices import Invoice, InvoiceStatus
from domain.money import Money
from tests.entities import IDS, MONDAY, a_booking, a_space, a_user, an_invoice, hours
from tests.unit.domain.time_strategies import HOUR

LATER = MONDAY + HOUR
BOOKING = a_booking(a_user(), a_space(), hours(9, 10))
DRAFT, OPEN, PAID, VOID, UNCOLLECTIBLE = InvoiceStatus


def an(status: InvoiceStatus, **fields: Any) -> Invoice:
    paid_at = MONDAY if status is PAID else None
    return an_invoice(BOOKING, **{"status": status, "paid_at": paid_at} | fields)


STEPS: dict[InvoiceStatus, Callable[[Invoice], Invoice]] = {
    OPEN: lambda invoice: invoice.opened(at=LATER),
    PAID: lambda invoice: invoice.paid(at=LATER),
    VOID: lambda invoice: invoice.voided(),
}
ALLOWED = {
    (DRAFT, OPEN),  # the held booking was confirmed
    (DRAFT, PAID),
    (DRAFT, VOID),
    (OPEN, PAID),
    (OPEN, VOID),
    (UNCOLLECTIBLE, PAID),  # a late payment
    (UNCOLLECTIBLE, VOID),
}


@pytest.mark.parametrize("target", STEPS)
@pytest.mark.parametrize("status", InvoiceStatus)
def test_an_invoice_is_paid_or_voided_once_and_never_again(
    status: InvoiceStatus, target: InvoiceStatus
) -> None:
    before = an(status)
    if (status, target) not in ALLOWED:
        with pytest.raises(InvalidTransition) as refusal:
            STEPS[target](before)
        assert refusal.value.details == {"from": status, "to": target}
        return
    after = STEPS[target](before)
    assert (after.status, after.version) == (target, before.version + 1)
    assert after.amount == before.amount


def test_opening_a_draft_sets_its_issue_time() -> None:
    assert an(DRAFT).opened(at=LATER).issued_at == LATER


def test_a_payment_sets_the_paid_time() -> None:
    assert an(OPEN).paid(at=LATER).paid_at == LATER


@pytest.mark.parametrize(
    "status, fields",
    [
        (OPEN, {"paid_at": MONDAY}),
        (PAID, {"paid_at": None}),
        (OPEN, {"booking_id": None, "space_id": None}),
        (OPEN, {"booking_id": None}),
        (OPEN, {"space_id": None}),
        (OPEN, {"subscription_id": SubscriptionId(IDS.new())}),
        (PAID, {"amount": Money(5), "refunded": Money(6)}),
    ],
)
def test_an_invalid_invoice_cannot_be_created(
    status: InvoiceStatus, fields: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        an(status, **fields)


def test_an_invoice_may_be_for_a_subscription_instead() -> None:
    for_a_month = {
        "booking_id": None,
        "space_id": None,
        "subscription_id": SubscriptionId(IDS.new()),
    }
    assert an(OPEN, **for_a_month).booking_id is None
