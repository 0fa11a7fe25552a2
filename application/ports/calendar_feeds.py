"""CalendarFeeds: private feeds from which calendar programs read a user's bookings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.bookings import Booking
from domain.ids import UserId


@dataclass(frozen=True, slots=True)
class CalendarFeed:
    """A user's feed, and the hash of the secret token that grants access to it."""

    user_id: UserId
    token_hash: bytes
    created_at: datetime

    def __repr__(self) -> str:
        return f"CalendarFeed(user_id={self.user_id})"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A booking and the name of its space."""

    booking: Booking
    space_name: str


class CalendarFeeds(Protocol):
    """Reads see committed data; writes take effect with the unit of work's commit."""

    async def owner(self, token_hash: bytes) -> UserId | None:
        """Return the owner of the feed with that token hash; None also for an inactive account."""
        ...

    async def of_user(self, user_id: UserId) -> CalendarFeed | None:
        """Return the feed of the user."""
        ...

    async def entries(
        self, user_id: UserId, *, ended_after: datetime, cancelled_after: datetime, limit: int
    ) -> Sequence[CalendarEntry]:
        """Return up to `limit` bookings of the user, latest start first.

        Only bookings that end after `ended_after`; cancelled ones only when they were cancelled
        after `cancelled_after`.
        """
        ...

    def put(self, feed: CalendarFeed) -> None:
        """Store the feed of a user; it replaces an earlier one."""
        ...

    def remove(self, feed: CalendarFeed) -> None:
        """Delete a feed. The commit raises `Stale` when it no longer exists."""
        ...
