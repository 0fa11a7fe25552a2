"""MemorySubscriptions, MemoryInvoices: plans and what is owed, in memory."""

from collections.abc import Collection, Mapping

from adapters.memory.give_way import give_way
from adapters.memory.notes import Notes
from adapters.memory.state import State
from domain.ids import BookingId
from domain.invoices import Invoice
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
        found = {
            booking_id: self._state.invoice_by_booking.get(booking_id) for booking_id in booking_ids
        }
        return {booking_id: invoice for booking_id, invoice in found.items() if invoice}

    def add(self, invoice: Invoice) -> None:
        self._notes.insert(self._state.invoices, invoice)

    def save(self, invoice: Invoice) -> None:
        self._notes.next_version(self._state.invoices, invoice)
