"""The ledger entries of the demo data, derived from its invoices."""

from collections.abc import Iterator
from datetime import datetime

from domain.ids import LedgerEntryId
from domain.invoices import Invoice
from domain.ledger import EntryKind, LedgerEntry
from domain.money import Money
from entrypoints.demo_data.dataset import DemoData
from entrypoints.demo_data.randomness import uuid7_at


def ledger_entries(demo: DemoData) -> list[LedgerEntry]:
    """Return the payments, all of them offline, and the refunds."""
    cancelled_at = {booking.id: booking.cancelled_at for booking in demo.bookings}
    return [
        entry
        for invoice in demo.invoices
        for entry in _entries(
            invoice, cancelled_at.get(invoice.booking_id) if invoice.booking_id else None
        )
    ]


def _entries(invoice: Invoice, cancelled_at: datetime | None) -> Iterator[LedgerEntry]:
    if invoice.paid_at is None:
        return
    yield _entry(EntryKind.OFFLINE_PAYMENT, invoice, invoice.amount, invoice.paid_at)
    if invoice.refunded:
        refunded_at = cancelled_at or invoice.paid_at
        yield _entry(EntryKind.REFUND, invoice, invoice.refunded, refunded_at)


def _entry(kind: EntryKind, invoice: Invoice, amount: Money, occurred_at: datetime) -> LedgerEntry:
    # The invoice's random bits, with the last one distinguishing the payment from the refund.
    random_bits = invoice.id.int ^ (kind is EntryKind.REFUND)
    return LedgerEntry(
        id=LedgerEntryId(uuid7_at(occurred_at, random_bits)),
        kind=kind,
        user_id=invoice.user_id,
        booking_id=invoice.booking_id,
        space_id=invoice.space_id,
        subscription_id=invoice.subscription_id,
        invoice_id=invoice.id,
        payment_id=None,
        amount=amount,
        occurred_at=occurred_at,
        source=f"demo:{kind}:{invoice.id}",
    )
