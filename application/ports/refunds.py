"""Refunds: what the house has decided to give back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.ids import BookingId, RefundId
from domain.refunds import Refund


class Refunds(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def of_booking(self, booking_id: BookingId) -> Sequence[Refund]:
        """All that was decided for that booking, in the order of their ids."""
        ...

    async def get(self, refund_id: RefundId) -> Refund | None:
        """The refund with that id."""
        ...

    async def due(self, *, limit: int) -> Sequence[Refund]:
        """At most `limit` of those whose money has not moved yet, the first decided first."""
        ...

    async def to_send(self, *, at: datetime, limit: int) -> Sequence[Refund]:
        """At most `limit` of the due ones that Stripe is to be asked for now, the oldest first."""
        ...

    async def by_hand(self, *, limit: int) -> Sequence[Refund]:
        """At most `limit` of the due ones that somebody of the house has to give back."""
        ...

    async def failing(self, *, attempts: int, limit: int) -> Sequence[Refund]:
        """At most `limit` of the due ones that failed so often or more, the oldest first."""
        ...

    def add(self, refund: Refund) -> None:
        """Store a new one."""
        ...

    def save(self, refund: Refund) -> None:
        """Store the next version. The commit is Stale when another was stored meanwhile."""
        ...
