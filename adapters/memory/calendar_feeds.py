"""MemoryCalendarFeeds: private calendar feeds in memory."""

from collections.abc import Sequence
from datetime import datetime
from heapq import nlargest

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import OpenFeed, State
from adapters.memory.table import Undo
from adapters.memory.write_set import WriteSet
from application.ports.calendar_feeds import CalendarEntry, CalendarFeed
from application.ports.unit_of_work import Stale
from domain.bookings import Booking
from domain.ids import UserId


class MemoryCalendarFeeds:
    """Implements application.ports.calendar_feeds.CalendarFeeds."""

    def __init__(self, state: State, write_set: WriteSet) -> None:
        self._state = state
        self._write_set = write_set

    async def owner(self, token_hash: bytes) -> UserId | None:
        await checkpoint()
        opened = self._state.feed_by_token.get(token_hash)
        user = self._state.users.get(opened.feed.user_id) if opened else None
        return user.id if user and user.is_active else None

    async def of_user(self, user_id: UserId) -> CalendarFeed | None:
        await checkpoint()
        opened = self._state.calendar_feeds.get(user_id)
        return opened.feed if opened else None

    async def entries(
        self, user_id: UserId, *, ended_after: datetime, cancelled_after: datetime, limit: int
    ) -> Sequence[CalendarEntry]:
        await checkpoint()
        matches = (
            booking
            for booking in self._state.bookings_by_user.get(user_id)
            if booking.period.end > ended_after
            and (booking.cancelled_at is None or booking.cancelled_at > cancelled_after)
        )
        latest = nlargest(limit, matches, key=lambda booking: (booking.period.start, booking.id))
        return [CalendarEntry(booking, self._name_of_space(booking)) for booking in latest]

    def put(self, feed: CalendarFeed) -> None:
        self._write_set.put(self._state.calendar_feeds, OpenFeed(feed))

    def remove(self, feed: CalendarFeed) -> None:
        feeds = self._state.calendar_feeds

        def removal() -> Undo:
            if feeds.get(feed.user_id) != OpenFeed(feed):
                raise Stale("The feed was removed or replaced.")
            return feeds.remove(feed.user_id)

        self._write_set.defer(removal)

    def _name_of_space(self, booking: Booking) -> str:
        space = self._state.spaces.get(booking.space_id)
        return space.name if space else ""
