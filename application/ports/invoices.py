"""Invoices: what members owe and have paid."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.ids import BookingId, InvoiceId, UserId
from domain.invoices import Invoice, InvoiceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFilter:
    """Criteria for invoices. None matches everything."""

    user_id: UserId | None = None
    status: InvoiceStatus | None = None


class Invoices(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def of_bookings(self, booking_ids: Collection[BookingId]) -> Mapping[BookingId, Invoice]:
        """Return the invoice of each booking; one that never cost anything has none.

        It is the one invoice that is not VOID, or the latest when all are.
        """
        ...

    async def get(self, invoice_id: InvoiceId) -> Invoice | None:
        """Return the invoice with that id."""
        ...

    async def list(
        self, criteria: InvoiceFilter, *, after: InvoiceId | None, limit: int
    ) -> Sequence[Invoice]:
        """Return up to `limit` matching invoices before `after`, latest id first."""
        ...

    async def unnumbered(self, *, limit: int) -> Sequence[Invoice]:
        """Return up to `limit` invoices that await a number, in order of issue."""
        ...

    async def last_number(self, year: int) -> int:
        """Return the last number given in that year, without the year; 0 if there is none."""
        ...

    def add(self, invoice: Invoice) -> None:
        """Store a new invoice. The commit is Stale when its booking has one that is not VOID."""
        ...

    def save(self, invoice: Invoice) -> None:
        """Store the next version. The commit is Stale when another was stored meanwhile."""
        ...

    def save_numbers(self, numbered: Sequence[Invoice]) -> None:
        """Store the next versions, in which only the number is new, with one statement.

        The commit is Stale as for `save`.
        """
        ...
