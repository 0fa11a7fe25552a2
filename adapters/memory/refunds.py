"""MemoryRefunds: the port Refunds."""

from collections.abc import Sequence
from datetime import datetime
from heapq import nsmallest

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from adapters.memory.write_set import WriteSet
from domain.ids import BookingId, RefundId
from domain.refunds import Refund


class MemoryRefunds:
    """The port Refunds."""

    def __init__(self, state: State, notes: WriteSet) -> None:
        self._state = state
        self._write_set = notes

    async def of_booking(self, booking_id: BookingId) -> Sequence[Refund]:
        await checkpoint()
        return sorted(self._state.refunds_by_booking.get(booking_id), key=lambda one: one.id)

    async def get(self, refund_id: RefundId) -> Refund | None:
        await checkpoint()
        return self._state.refunds.get(refund_id)

    async def due(self, *, limit: int) -> Sequence[Refund]:
        await checkpoint()
        return nsmallest(limit, (one for one in self._state.refunds.all() if one.is_due), key=_age)

    async def to_send(self, *, at: datetime, limit: int) -> Sequence[Refund]:
        await checkpoint()
        found = (
            one
            for one in self._state.refunds.all()
            if one.is_due
            and not one.is_manual
            and (one.next_attempt_at is None or one.next_attempt_at <= at)
        )
        return nsmallest(limit, found, key=_age)

    async def manual(self, *, limit: int) -> Sequence[Refund]:
        await checkpoint()
        found = (one for one in self._state.refunds.all() if one.is_due and one.is_manual)
        return nsmallest(limit, found, key=_age)

    async def failing(self, *, attempts: int, limit: int) -> Sequence[Refund]:
        await checkpoint()
        found = (
            one for one in self._state.refunds.all() if one.is_due and one.attempts >= attempts
        )
        return nsmallest(limit, found, key=_age)

    def add(self, refund: Refund) -> None:
        self._write_set.insert(self._state.refunds, refund)

    def save(self, refund: Refund) -> None:
        self._write_set.next_version(self._state.refunds, refund)


def _age(refund: Refund) -> tuple[datetime, RefundId]:
    return refund.decided_at, refund.id
