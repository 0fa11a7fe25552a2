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
        self, wanted: BookingFilter, *, after: BookingPosition | None, limit: int
    ) -> Page[str, BookingPosition]:
        """At most `limit` of the wanted bookings after that position, latest start first."""
        ...

    async def spaces(
        self, wanted: SpaceFilter, *, after: SpaceId | None, limit: int
    ) -> Page[str, SpaceId]:
        """At most `limit` of the wanted spaces after that one, in the order they were made."""
        ...
