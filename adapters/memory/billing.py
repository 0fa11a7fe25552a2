"""MemorySubscriptions, MemoryInvoices, MemoryRefunds: plans and money, in memory."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from heapq import nsmallest

from adapters.memory.give_way import give_way
from adapters.memory.notes import Notes
from adapters.memory.state import State
from domain.ids import BookingId, InvoiceId, RefundId
from domain.invoices import Invoice, InvoiceStatus
from domain.refunds import Refund
from domain.subscriptions import Subscription


class MemorySubscriptions:
    """The port Subscriptions."""

    def __init__(self, state: State, notes: Notes) -> None:
        self._state = state
        self._notes = notes

    def add(self, subscription: Subscription) -> None:
        self._notes.insert(self._state.subscriptions, subscription)

    def save(self, subscription: Subscription) -> None:
        self._notes.next_version(self._state.subscriptions, subscription)


class MemoryInvoices:
    """The port Invoices."""

    def __init__(self, state: State, notes: Notes) -> None:
        self._state = state
        self._notes = notes

    async def of_bookings(self, booking_ids: Collection[BookingId]) -> Mapping[BookingId, Invoice]:
        await give_way()
        invoices = (self._state.invoices_by_booking.get(booking_id) for booking_id in booking_ids)
        found = (max(of_one, key=_counts_most, default=None) for of_one in invoices)
        return {invoice.booking_id: invoice for invoice in found if invoice and invoice.booking_id}

    def add(self, invoice: Invoice) -> None:
        self._notes.insert(self._state.invoices, invoice)

    def save(self, invoice: Invoice) -> None:
        self._notes.next_version(self._state.invoices, invoice)


class MemoryRefunds:
    """The port Refunds."""

    def __init__(self, state: State, notes: Notes) -> None:
        self._state = state
        self._notes = notes

    async def of_booking(self, booking_id: BookingId) -> Sequence[Refund]:
        await give_way()
        return sorted(self._state.refunds_by_booking.get(booking_id), key=lambda one: one.id)

    async def due(self, *, limit: int) -> Sequence[Refund]:
        await give_way()
        return nsmallest(limit, (one for one in self._state.refunds.all() if one.is_due), key=_age)

    def add(self, refund: Refund) -> None:
        self._notes.insert(self._state.refunds, refund)

    def save(self, refund: Refund) -> None:
        self._notes.next_version(self._state.refunds, refund)


def _age(refund: Refund) -> tuple[datetime, RefundId]:
    return refund.decided_at, refund.id


def _counts_most(invoice: Invoice) -> tuple[bool, InvoiceId]:
    return invoice.status is not InvoiceStatus.VOID, invoice.id
