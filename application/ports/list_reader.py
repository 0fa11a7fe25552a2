"""ListReader: lists as JSON, without an entity for each item."""

from typing import Protocol

from application.common.paging import Page
from application.ports.bookings import BookingFilter, BookingPosition
from application.ports.spaces import SpaceFilter
from domain.ids import SpaceId


class ListReader(Protocol):
    """A read model for the most frequently requested lists (ADR 12).

    Each item is the text of the JSON object that the contract defines for it. The items and their
    order are those of `Bookings.list` and `Spaces.list`. Each method may raise Unavailable.
    """

    async def bookings(
        self, criteria: BookingFilter, *, after: BookingPosition | None, limit: int
    ) -> Page[str, BookingPosition]:
        """Return a page of up to `limit` matching bookings after `after`, latest start first."""
        ...

    async def spaces(
        self, criteria: SpaceFilter, *, after: SpaceId | None, limit: int
    ) -> Page[str, SpaceId]:
        """Return a page of up to `limit` matching spaces after `after`, oldest first."""
        ...
