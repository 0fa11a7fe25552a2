"""Documents: lists as the contract shows them, without an entity for each item."""

from typing import Protocol

from application.common.paging import Page
from application.ports.bookings import BookingFilter, BookingPosition
from application.ports.spaces import SpaceFilter
from domain.ids import SpaceId


class ListReader(Protocol):
    """For the lists that are asked for most (ADR 12).

    Each item is the text of a JSON object, as the contract has it for a single one, ready to be
    sent. What is listed, and in which order, is as with the repository of the same name. Any method
    may raise Unavailable.
    """

    async def bookings(
        self, criteria: BookingFilter, *, after: BookingPosition | None, limit: int
    ) -> Page[str, BookingPosition]:
        """Return up to `limit` matching bookings after `after`, latest start first."""
        ...

    async def spaces(
        self, criteria: SpaceFilter, *, after: SpaceId | None, limit: int
    ) -> Page[str, SpaceId]:
        """Return up to `limit` matching spaces after `after`, in the order they were made."""
        ...
