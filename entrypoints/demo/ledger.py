"""The demo house's ledger: each movement of money that its invoices tell of."""

from collections.abc import Iterator
from datetime import datetime

from domain.ids import LedgerEntryId
from domain.invoices import Invoice
from domain.ledger import EntryKind, LedgerEntry
from domain.money import Money
from entrypoints.demo.chance import uuid7
from entrypoints.demo.demo_house import DemoHouse


def entries_of(house: DemoHouse) -> list[LedgerEntry]:
    """What was paid, all of it by other ways than Stripe, and what was given back."""
    cancelled_at = {booking.id: booking.cancelled_at for booking in house.bookings}
    return [
        entry
        for invoice in house.invoices
        for entry in _entries(
            invoice, cancelled_at.get(invoice.booking_id) if invoice.booking_id else None
        )
    ]


def _entries(invoice: Invoice, cancelled_at: datetime | None) -> Iterator[LedgerEntry]:
    if invoice.paid_at is None:
        return
    yield _entry(EntryKind.OFFLINE_PAYMENT, invoice, invoice.amount, invoice.paid_at)
    if invoice.refunded:
        given_back_at = cancelled_at or invoice.paid_at
        yield _entry(EntryKind.REFUND, invoice, invoice.refunded, given_back_at)


def _entry(kind: EntryKind, invoice: Invoice, amount: Money, at: datetime) -> LedgerEntry:
    # As random as the invoice's own, and another for each kind.
    bits = invoice.id.int ^ (kind is EntryKind.REFUND)
    return LedgerEntry(
        id=LedgerEntryId(uuid7(at, bits)),
        kind=kind,
        user_id=invoice.user_id,
        booking_id=invoice.booking_id,
        space_id=invoice.space_id,
        subscription_id=invoice.subscription_id,
        invoice_id=invoice.id,
        payment_id=None,
        amount=amount,
        occurred_at=at,
        source=f"demo:{kind}:{invoice.id}",
    )
