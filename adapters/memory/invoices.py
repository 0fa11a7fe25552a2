"""MemoryInvoices: the port Invoices."""

from collections.abc import Collection, Mapping, Sequence
from heapq import nlargest, nsmallest

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from adapters.memory.write_set import WriteSet
from application.ports.invoices import InvoiceFilter
from domain.ids import BookingId, InvoiceId
from domain.invoices import Invoice, InvoiceStatus


class MemoryInvoices:
    """The port Invoices."""

    def __init__(self, state: State, notes: WriteSet) -> None:
        self._state = state
        self._write_set = notes

    async def of_bookings(self, booking_ids: Collection[BookingId]) -> Mapping[BookingId, Invoice]:
        await checkpoint()
        invoices = (self._state.invoices_by_booking.get(booking_id) for booking_id in booking_ids)
        found = (max(of_one, key=_counts_most, default=None) for of_one in invoices)
        return {invoice.booking_id: invoice for invoice in found if invoice and invoice.booking_id}

    async def get(self, invoice_id: InvoiceId) -> Invoice | None:
        await checkpoint()
        return self._state.invoices.get(invoice_id)

    async def list(
        self, criteria: InvoiceFilter, *, after: InvoiceId | None, limit: int
    ) -> Sequence[Invoice]:
        await checkpoint()
        found = (
            one
            for one in self._state.invoices.all()
            if criteria.user_id in {None, one.user_id}
            and criteria.status in {None, one.status}
            and (after is None or one.id < after)
        )
        return nlargest(limit, found, key=lambda one: one.id)

    async def unnumbered(self, *, limit: int) -> Sequence[Invoice]:
        await checkpoint()
        found = (one for one in self._state.invoices.all() if one.awaits_number)
        return nsmallest(limit, found, key=lambda one: (one.issued_at, one.id))

    async def last_number(self, year: int) -> int:
        await checkpoint()
        numbers = (one.number for one in self._state.invoices.all() if one.number)
        counts = (int(one[5:]) for one in numbers if one.startswith(f"{year}-"))
        return max(counts, default=0)

    def add(self, invoice: Invoice) -> None:
        self._write_set.insert(self._state.invoices, invoice)

    def save(self, invoice: Invoice) -> None:
        self._write_set.next_version(self._state.invoices, invoice)

    def save_numbers(self, numbered: Sequence[Invoice]) -> None:
        for invoice in numbered:
            self.save(invoice)


def _counts_most(invoice: Invoice) -> tuple[bool, InvoiceId]:
    return invoice.status is not InvoiceStatus.VOID, invoice.id
