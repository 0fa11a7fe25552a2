"""CalendarFeeds: the private addresses at which calendar programs read somebody's bookings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.bookings import Booking
from domain.ids import UserId


@dataclass(frozen=True, slots=True)
class CalendarFeed:
    """Whose bookings can be read with the token that has that hash."""

    user_id: UserId
    token_hash: bytes
    created_at: datetime

    def __repr__(self) -> str:
        return f"CalendarFeed(user_id={self.user_id})"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A booking, and what the space is called that it is for."""

    booking: Booking
    space_name: str


class CalendarFeeds(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def owner(self, token_hash: bytes) -> UserId | None:
        """Whose feed has the token with that hash; None also when their account is not active."""
        ...

    async def of_user(self, user_id: UserId) -> CalendarFeed | None:
        """That user's feed."""
        ...

    async def entries(
        self, user_id: UserId, *, ended_after: datetime, cancelled_after: datetime, limit: int
    ) -> Sequence[CalendarEntry]:
        """At most `limit` of that user's bookings, latest start first.

        They end after `ended_after`, and when they were cancelled, that was after
        `cancelled_after`.
        """
        ...

    def put(self, feed: CalendarFeed) -> None:
        """Store a user's feed in the place of any earlier one of theirs."""
        ...

    def remove(self, feed: CalendarFeed) -> None:
        """Forget a feed. The commit is Stale when it is not there any more."""
        ...
