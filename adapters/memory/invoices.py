"""MemoryInvoices: invoices in memory."""

from collections.abc import Collection, Mapping, Sequence
from heapq import nlargest, nsmallest

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from adapters.memory.write_set import WriteSet
from application.ports.invoices import InvoiceFilter
from domain.ids import BookingId, InvoiceId
from domain.invoices import Invoice, InvoiceStatus


class MemoryInvoices:
    """Implements application.ports.invoices.Invoices."""

    def __init__(self, state: State, write_set: WriteSet) -> None:
        self._state = state
        self._write_set = write_set

    async def of_bookings(self, booking_ids: Collection[BookingId]) -> Mapping[BookingId, Invoice]:
        await checkpoint()
        by_booking = self._state.invoices_by_booking
        current = (
            max(by_booking.get(booking_id), key=_precedence, default=None)
            for booking_id in booking_ids
        )
        return {
            invoice.booking_id: invoice for invoice in current if invoice and invoice.booking_id
        }

    async def get(self, invoice_id: InvoiceId) -> Invoice | None:
        await checkpoint()
        return self._state.invoices.get(invoice_id)

    async def list(
        self, criteria: InvoiceFilter, *, after: InvoiceId | None, limit: int
    ) -> Sequence[Invoice]:
        await checkpoint()
        matches = (
            invoice
            for invoice in self._state.invoices.all()
            if criteria.user_id in {None, invoice.user_id}
            and criteria.status in {None, invoice.status}
            and (after is None or invoice.id < after)
        )
        return nlargest(limit, matches, key=lambda invoice: invoice.id)

    async def unnumbered(self, *, limit: int) -> Sequence[Invoice]:
        await checkpoint()
        matches = (invoice for invoice in self._state.invoices.all() if invoice.awaits_number)
        return nsmallest(limit, matches, key=lambda invoice: (invoice.issued_at, invoice.id))

    async def last_number(self, year: int) -> int:
        await checkpoint()
        numbers = (invoice.number for invoice in self._state.invoices.all() if invoice.number)
        counts = (int(number[5:]) for number in numbers if number.startswith(f"{year}-"))
        return max(counts, default=0)

    def add(self, invoice: Invoice) -> None:
        self._write_set.insert(self._state.invoices, invoice)

    def save(self, invoice: Invoice) -> None:
        self._write_set.next_version(self._state.invoices, invoice)

    def save_numbers(self, numbered: Sequence[Invoice]) -> None:
        for invoice in numbered:
            self.save(invoice)


def _precedence(invoice: Invoice) -> tuple[bool, InvoiceId]:
    return invoice.status is not InvoiceStatus.VOID, invoice.id
