"""MemoryRefunds: refunds in memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from heapq import nsmallest

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from adapters.memory.write_set import WriteSet
from domain.ids import BookingId, RefundId
from domain.refunds import Refund


class MemoryRefunds:
    """Implements application.ports.refunds.Refunds."""

    def __init__(self, state: State, write_set: WriteSet) -> None:
        self._state = state
        self._write_set = write_set

    async def of_booking(self, booking_id: BookingId) -> Sequence[Refund]:
        await checkpoint()
        refunds = self._state.refunds_by_booking.get(booking_id)
        return sorted(refunds, key=lambda refund: refund.id)

    async def get(self, refund_id: RefundId) -> Refund | None:
        await checkpoint()
        return self._state.refunds.get(refund_id)

    async def due(self, *, limit: int) -> Sequence[Refund]:
        await checkpoint()
        return nsmallest(limit, self._due(), key=_age)

    async def to_send(self, *, at: datetime, limit: int) -> Sequence[Refund]:
        await checkpoint()
        to_send = (
            refund
            for refund in self._due()
            if not refund.is_manual
            and (refund.next_attempt_at is None or refund.next_attempt_at <= at)
        )
        return nsmallest(limit, to_send, key=_age)

    async def manual(self, *, limit: int) -> Sequence[Refund]:
        await checkpoint()
        manual = (refund for refund in self._due() if refund.is_manual)
        return nsmallest(limit, manual, key=_age)

    async def failing(self, *, attempts: int, limit: int) -> Sequence[Refund]:
        await checkpoint()
        failing = (refund for refund in self._due() if refund.attempts >= attempts)
        return nsmallest(limit, failing, key=_age)

    def add(self, refund: Refund) -> None:
        self._write_set.insert(self._state.refunds, refund)

    def save(self, refund: Refund) -> None:
        self._write_set.next_version(self._state.refunds, refund)

    def _due(self) -> Iterator[Refund]:
        return (refund for refund in self._state.refunds.all() if refund.is_due)


def _age(refund: Refund) -> tuple[datetime, RefundId]:
    return refund.decided_at, refund.id
