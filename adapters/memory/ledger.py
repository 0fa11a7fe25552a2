"""MemoryLedger: the ledger in memory."""

from collections.abc import Iterator, Sequence
from itertools import islice

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from adapters.memory.write_set import WriteSet
from application.ports.ledger import LedgerMismatch
from domain.ids import BookingId
from domain.ledger import LedgerEntry, ProviderPayment
from domain.money import ZERO, Money


class MemoryLedger:
    """Implements application.ports.ledger.Ledger."""

    def __init__(self, state: State, write_set: WriteSet) -> None:
        self._state = state
        self._write_set = write_set

    async def of_source(self, source: str) -> LedgerEntry | None:
        await checkpoint()
        return self._state.entry_by_source.get(source)

    async def of_booking(self, booking_id: BookingId) -> Sequence[LedgerEntry]:
        await checkpoint()
        return sorted(self._state.entries_by_booking.get(booking_id), key=lambda entry: entry.id)

    async def of_payment(self, payment_id: str) -> Sequence[LedgerEntry]:
        await checkpoint()
        return sorted(self._state.entries_by_payment.get(payment_id), key=lambda entry: entry.id)

    async def payment(self, payment_id: str) -> ProviderPayment | None:
        await checkpoint()
        return self._state.payments.get(payment_id)

    async def count(self) -> int:
        await checkpoint()
        return len(self._state.ledger)

    async def mismatches(self, *, limit: int) -> Sequence[LedgerMismatch]:
        await checkpoint()
        return list(islice(self._mismatches(), limit))

    def add(self, entry: LedgerEntry) -> None:
        self._write_set.insert(self._state.ledger, entry)

    def add_payment(self, payment: ProviderPayment) -> None:
        self._write_set.insert(self._state.payments, payment)

    def save_payment(self, payment: ProviderPayment) -> None:
        self._write_set.next_version(self._state.payments, payment)

    def _mismatches(self) -> Iterator[LedgerMismatch]:
        for booking in self._state.bookings.all():
            entries = list(self._state.entries_by_booking.get(booking.id))
            for what, recorded, refunds in (
                ("paid", booking.paid, False),
                ("refunded", booking.refunded, True),
            ):
                ledger = _sum(entries, refunds=refunds)
                if recorded != ledger:
                    yield LedgerMismatch(
                        subject="booking",
                        id=booking.id,
                        what=what,
                        recorded=recorded,
                        ledger=ledger,
                    )
        for invoice in self._state.invoices.all():
            entries = list(self._state.entries_by_invoice.get(invoice.id))
            paid = invoice.amount if invoice.paid_at is not None else ZERO
            for what, recorded, refunds in (
                ("paid", paid, False),
                ("refunded", invoice.refunded, True),
            ):
                ledger = _sum(entries, refunds=refunds)
                if recorded != ledger:
                    yield LedgerMismatch(
                        subject="invoice",
                        id=invoice.id,
                        what=what,
                        recorded=recorded,
                        ledger=ledger,
                    )


def _sum(entries: Sequence[LedgerEntry], *, refunds: bool) -> Money:
    return sum((entry.amount for entry in entries if entry.is_refund is refunds), ZERO)
