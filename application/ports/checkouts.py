"""Checkouts: the provider's pages that were opened for members."""

from collections.abc import Sequence
from typing import Protocol

from domain.checkouts import Checkout
from domain.ids import BookingId, CheckoutId, UserId


class Checkouts(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def get(self, checkout_id: CheckoutId) -> Checkout | None:
        """Return the checkout with that id."""
        ...

    async def of_booking(self, booking_id: BookingId) -> Sequence[Checkout]:
        """Return all checkouts of that booking, by id."""
        ...

    async def current_plan(self, user_id: UserId) -> Checkout | None:
        """Return the user's checkout for a plan that is OPENING or OPEN."""
        ...

    async def unsettled(self, *, after: CheckoutId | None, limit: int) -> Sequence[Checkout]:
        """Return up to `limit` checkouts after that id that are not settled yet, by id."""
        ...

    def add(self, checkout: Checkout) -> None:
        """Store a new checkout. The commit is Stale if one for the same thing is current."""
        ...

    def save(self, checkout: Checkout) -> None:
        """Store the next version. The commit is Stale when another was stored meanwhile."""
        ...
