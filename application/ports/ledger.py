"""Ledger: every movement of money, and what Stripe has told of payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from domain.ids import BookingId
from domain.ledger import LedgerEntry, ProviderPayment
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerMismatch:
    """Something whose sum is not that of its entries."""

    subject: str
    id: UUID
    what: str
    recorded: Money
    ledger: Money


class Ledger(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def of_source(self, source: str) -> LedgerEntry | None:
        """What was entered for that."""
        ...

    async def of_booking(self, booking_id: BookingId) -> Sequence[LedgerEntry]:
        """All entries of that booking, in the order of their ids."""
        ...

    async def of_payment(self, payment_id: str) -> Sequence[LedgerEntry]:
        """All entries of that payment, in the order of their ids."""
        ...

    async def payment(self, payment_id: str) -> ProviderPayment | None:
        """What Stripe has told of that payment."""
        ...

    async def count(self) -> int:
        """How many entries there are."""
        ...

    async def mismatches(self, *, limit: int) -> Sequence[LedgerMismatch]:
        """At most `limit` of the bookings and invoices that do not agree with their entries."""
        ...

    def add(self, entry: LedgerEntry) -> None:
        """Enter a movement. The commit is Stale when its source has an entry already."""
        ...

    def add_payment(self, payment: ProviderPayment) -> None:
        """Store a new one. The commit is Stale when it is known already."""
        ...

    def save_payment(self, payment: ProviderPayment) -> None:
        """Store the next version. The commit is Stale when another was stored meanwhile."""
        ...
