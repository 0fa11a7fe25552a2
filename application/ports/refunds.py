"""Refunds: decisions of the house to pay money back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.ids import BookingId, RefundId
from domain.refunds import Refund


class Refunds(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def of_booking(self, booking_id: BookingId) -> Sequence[Refund]:
        """Return all refunds of that booking, by id."""
        ...

    async def get(self, refund_id: RefundId) -> Refund | None:
        """Return the refund with that id."""
        ...

    async def due(self, *, limit: int) -> Sequence[Refund]:
        """Return up to `limit` refunds whose money has not moved yet, oldest decision first."""
        ...

    async def to_send(self, *, at: datetime, limit: int) -> Sequence[Refund]:
        """Return up to `limit` due refunds to send to the provider now, oldest first."""
        ...

    async def manual(self, *, limit: int) -> Sequence[Refund]:
        """Return up to `limit` due manual refunds, oldest decision first."""
        ...

    async def failing(self, *, attempts: int, limit: int) -> Sequence[Refund]:
        """Return up to `limit` due refunds with at least `attempts` attempts, oldest first."""
        ...

    def add(self, refund: Refund) -> None:
        """Store a new refund."""
        ...

    def save(self, refund: Refund) -> None:
        """Store the next version. The commit is Stale when another was stored meanwhile."""
        ...
