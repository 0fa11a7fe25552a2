"""Refunds: the payment that a refund is taken from, and refunds made elsewhere."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from domain.ids import LedgerEntryId
from domain.ledger import EntryKind, LedgerEntry
from domain.money import ZERO, Money
from domain.refunds import Refund, allocate, unrecorded_refund
from tests.entities import (
    IDS,
    MONDAY,
    a_booking,
    a_ledger_entry,
    a_refund,
    a_space,
    a_user,
    an_invoice,
    hours,
)

BOOKING = a_booking(a_user(), a_space(), hours(9, 10))
INVOICE = an_invoice(BOOKING)
OFFLINE = EntryKind.OFFLINE_PAYMENT


def charge(payment_id: str, dollars: int) -> LedgerEntry:
    return a_ledger_entry(INVOICE, payment_id=payment_id, amount=Money(dollars * 100))


def refunded(payment_id: str, dollars: int) -> LedgerEntry:
    entry_id = LedgerEntryId(IDS.new())
    amount = Money(dollars * 100)
    return charge(payment_id, dollars).refund(entry_id, amount, source=str(entry_id), at=MONDAY)


def under_way(payment_id: str | None, dollars: int) -> Refund:
    return a_refund(BOOKING, payment_id=payment_id, amount=Money(dollars * 100))


def sent(payment_id: str, dollars: int) -> Refund:
    return under_way(payment_id, dollars).accepted(at=MONDAY)


@pytest.mark.parametrize(
    "entries, others, payment_id, dollars",
    [
        ([charge("a", 10)], [], "a", 10),
        ([charge("a", 30)], [], "a", 10),
        ([charge("a", 5), charge("b", 10)], [], "b", 10),
        ([charge("a", 10), charge("b", 20)], [], "a", 10),
        ([charge("a", 5), charge("b", 7)], [], "b", 7),
        ([charge("a", 10), refunded("a", 4)], [], "a", 6),
        ([charge("a", 10), charge("b", 20), refunded("a", 1)], [], "b", 10),
        ([charge("a", 10), charge("b", 20)], [under_way("a", 1)], "b", 10),
        ([charge("a", 10), charge("b", 20)], [sent("a", 1)], "a", 10),
        ([charge("a", 10), charge("b", 20)], [under_way(None, 5)], "a", 10),
        ([charge("a", 10)], [under_way("b", 5)], "a", 10),
        ([charge("a", 3), a_ledger_entry(INVOICE, kind=OFFLINE)], [], "a", 3),
    ],
)
def test_a_refund_is_taken_from_the_first_payment_with_enough_left_or_the_one_with_most(
    entries: Sequence[LedgerEntry], others: Sequence[Refund], payment_id: str, dollars: int
) -> None:
    refund = a_refund(BOOKING, amount=Money(10_00))
    allocated = allocate(refund, entries, [refund, *others], now=MONDAY)
    assert (allocated.payment_id, allocated.amount) == (payment_id, Money(dollars * 100))
    assert (allocated.is_due, allocated.is_manual) == (True, False)
    assert (allocated.id, allocated.version) == (refund.id, refund.version + 1)


@pytest.mark.parametrize(
    "entries",
    [
        [a_ledger_entry(INVOICE, kind=OFFLINE)],
        [charge("a", 10), refunded("a", 10), a_ledger_entry(INVOICE, kind=OFFLINE)],
    ],
)
def test_a_refund_of_an_offline_payment_is_paid_back_by_staff(
    entries: Sequence[LedgerEntry],
) -> None:
    refund = a_refund(BOOKING)
    allocated = allocate(refund, entries, [refund], now=MONDAY)
    assert (allocated.is_manual, allocated.is_due, allocated.payment_id) == (True, True, None)


@pytest.mark.parametrize("entries", [[], [charge("a", 10), refunded("a", 10)]])
def test_a_refund_of_what_was_refunded_already_counts_as_accepted(
    entries: Sequence[LedgerEntry],
) -> None:
    refund = a_refund(BOOKING)
    allocated = allocate(refund, entries, [refund], now=MONDAY)
    assert (allocated.accepted_at, allocated.payment_id) == (MONDAY, None)


@pytest.mark.parametrize(
    "reported, entries, refunds, unrecorded",
    [
        (0, [], [], 0),
        (4, [], [], 4),
        (4, [refunded("a", 4)], [], 0),
        (7, [refunded("a", 4)], [], 3),
        (10, [refunded("a", 4)], [under_way("a", 2)], 4),
        (10, [refunded("a", 4)], [sent("a", 4)], 6),
        (10, [], [under_way(None, 2), under_way("b", 3)], 10),
        (4, [], [under_way("a", 6)], 0),
        (12, [], [], 10),
    ],
)
def test_the_reported_total_less_recorded_and_due_refunds_was_refunded_elsewhere(
    reported: int, entries: Sequence[LedgerEntry], refunds: Sequence[Refund], unrecorded: int
) -> None:
    charged = charge("a", 10)
    amount = unrecorded_refund(Money(reported * 100), charged, [charged, *entries], refunds)
    assert amount == Money(unrecorded * 100)


def test_each_failed_attempt_waits_twice_as_long_up_to_half_an_hour() -> None:
    refund, delays = a_refund(BOOKING), []
    for _ in range(10):
        refund = refund.rescheduled(at=MONDAY)
        assert refund.next_attempt_at is not None
        delays.append(refund.next_attempt_at - MONDAY)
    seconds = [10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800]
    assert delays == [timedelta(seconds=delay) for delay in seconds]
    assert refund.attempts == len(delays)


def test_a_replacement_is_a_new_refund_of_the_same_payment() -> None:
    refund = a_refund(BOOKING, payment_id="a").rescheduled(at=MONDAY)
    other = a_refund(BOOKING)
    replaced = refund.replacement(other.id, Money(3_00))
    assert (replaced.id, replaced.payment_id, replaced.amount) == (other.id, "a", Money(3_00))
    assert (replaced.attempts, replaced.next_attempt_at, replaced.version) == (0, None, 1)
    assert (replaced.is_due, replaced.amount > ZERO) == (True, True)
