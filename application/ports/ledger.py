"""Ledger: every movement of money, and what the provider reported of payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from domain.ids import BookingId
from domain.ledger import LedgerEntry, ProviderPayment
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerMismatch:
    """A booking or invoice whose recorded sum differs from its ledger entries.

    `subject` is "booking" or "invoice", and `what` is the sum: "paid" or "refunded".
    """

    subject: str
    id: UUID
    what: str
    recorded: Money
    ledger: Money


class Ledger(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def of_source(self, source: str) -> LedgerEntry | None:
        """Return the entry with that source."""
        ...

    async def of_booking(self, booking_id: BookingId) -> Sequence[LedgerEntry]:
        """Return all entries of that booking, by id."""
        ...

    async def of_payment(self, payment_id: str) -> Sequence[LedgerEntry]:
        """Return all entries of that payment, by id."""
        ...

    async def payment(self, payment_id: str) -> ProviderPayment | None:
        """Return what the provider reported of that payment."""
        ...

    async def count(self) -> int:
        """Return the number of entries."""
        ...

    async def mismatches(self, *, limit: int) -> Sequence[LedgerMismatch]:
        """Return up to `limit` sums of bookings and invoices that differ from their entries."""
        ...

    def add(self, entry: LedgerEntry) -> None:
        """Store an entry. The commit is Stale when its source has one already."""
        ...

    def add_payment(self, payment: ProviderPayment) -> None:
        """Store a new payment. The commit is Stale when it is stored already."""
        ...

    def save_payment(self, payment: ProviderPayment) -> None:
        """Store the next version. The commit is Stale when another was stored meanwhile."""
        ...
