"""Invoices: what is owed and what was paid."""

from collections.abc import Collection, Mapping
from typing import Protocol

from domain.ids import BookingId
from domain.invoices import Invoice


class Invoices(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def of_bookings(self, booking_ids: Collection[BookingId]) -> Mapping[BookingId, Invoice]:
        """The invoice of each of those bookings; one that never cost anything has none.

        It is the only one that is not VOID, or the last one issued when all are.
        """
        ...

    def add(self, invoice: Invoice) -> None:
        """Store a new invoice. The commit is Stale when its booking has one that is not VOID."""
        ...

    def save(self, invoice: Invoice) -> None:
        """Store the next version. The commit is Stale when another was stored meanwhile."""
        ...
