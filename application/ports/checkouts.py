"""Checkouts: the pages of Stripe's that were opened for somebody."""

from collections.abc import Sequence
from typing import Protocol

from domain.checkouts import Checkout
from domain.ids import BookingId, CheckoutId, UserId


class Checkouts(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def get(self, checkout_id: CheckoutId) -> Checkout | None:
        """The checkout with that id."""
        ...

    async def of_booking(self, booking_id: BookingId) -> Sequence[Checkout]:
        """All for that booking, in the order of their ids."""
        ...

    async def current_plan(self, user_id: UserId) -> Checkout | None:
        """The user's checkout for a plan that is OPENING or OPEN."""
        ...

    async def unsettled(self, *, after: CheckoutId | None, limit: int) -> Sequence[Checkout]:
        """At most `limit` after that one that Stripe may still tell something of, by id."""
        ...

    def add(self, checkout: Checkout) -> None:
        """Store a new one. The commit is Stale when there is a current one for the same thing."""
        ...

    def save(self, checkout: Checkout) -> None:
        """Store the next version. The commit is Stale when another was stored meanwhile."""
        ...
