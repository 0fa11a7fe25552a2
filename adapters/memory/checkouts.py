"""MemoryCheckouts: checkouts in memory."""

from collections.abc import Sequence
from heapq import nsmallest

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from adapters.memory.write_set import WriteSet
from domain.checkouts import UNSETTLED_STATUSES, Checkout
from domain.ids import BookingId, CheckoutId, UserId


class MemoryCheckouts:
    """Implements application.ports.checkouts.Checkouts."""

    def __init__(self, state: State, write_set: WriteSet) -> None:
        self._state = state
        self._write_set = write_set

    async def get(self, checkout_id: CheckoutId) -> Checkout | None:
        await checkpoint()
        return self._state.checkouts.get(checkout_id)

    async def of_booking(self, booking_id: BookingId) -> Sequence[Checkout]:
        await checkpoint()
        checkouts = self._state.checkouts_by_booking.get(booking_id)
        return sorted(checkouts, key=lambda checkout: checkout.id)

    async def current_plan(self, user_id: UserId) -> Checkout | None:
        await checkpoint()
        return self._state.current_checkout.get((None, user_id))

    async def unsettled(self, *, after: CheckoutId | None, limit: int) -> Sequence[Checkout]:
        await checkpoint()
        unsettled = (
            checkout
            for checkout in self._state.checkouts.all()
            if checkout.status in UNSETTLED_STATUSES and (after is None or checkout.id > after)
        )
        return nsmallest(limit, unsettled, key=lambda checkout: checkout.id)

    def add(self, checkout: Checkout) -> None:
        self._write_set.insert(self._state.checkouts, checkout)

    def save(self, checkout: Checkout) -> None:
        self._write_set.next_version(self._state.checkouts, checkout)
