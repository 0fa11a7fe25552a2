"""MemoryCheckouts: the port Checkouts."""

from collections.abc import Sequence
from heapq import nsmallest

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from adapters.memory.write_set import WriteSet
from domain.checkouts import UNSETTLED_STATUSES, Checkout
from domain.ids import BookingId, CheckoutId, UserId


class MemoryCheckouts:
    """The port Checkouts."""

    def __init__(self, state: State, notes: WriteSet) -> None:
        self._state = state
        self._write_set = notes

    async def get(self, checkout_id: CheckoutId) -> Checkout | None:
        await checkpoint()
        return self._state.checkouts.get(checkout_id)

    async def of_booking(self, booking_id: BookingId) -> Sequence[Checkout]:
        await checkpoint()
        return sorted(self._state.checkouts_by_booking.get(booking_id), key=lambda one: one.id)

    async def current_plan(self, user_id: UserId) -> Checkout | None:
        await checkpoint()
        return self._state.current_checkout.get((None, user_id))

    async def unsettled(self, *, after: CheckoutId | None, limit: int) -> Sequence[Checkout]:
        await checkpoint()
        found = (
            one
            for one in self._state.checkouts.all()
            if one.status in UNSETTLED_STATUSES and (after is None or one.id > after)
        )
        return nsmallest(limit, found, key=lambda one: one.id)

    def add(self, checkout: Checkout) -> None:
        self._write_set.insert(self._state.checkouts, checkout)

    def save(self, checkout: Checkout) -> None:
        self._write_set.next_version(self._state.checkouts, checkout)
