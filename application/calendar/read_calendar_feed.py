"""ReadCalendarFeed: read the calendar feed that a secret token belongs to."""

from datetime import timedelta

from application.common.opaque_tokens import token_hash
from application.ports.calendars import Calendars
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.errors import NotFound

SHOWN_AFTER_END = timedelta(days=90)
SHOWN_AFTER_CANCELLATION = timedelta(days=30)
"""Long enough for every calendar program to refresh the feed and remove the event."""
MAX_ENTRIES = 1_000


class ReadCalendarFeed:
    """Return the bookings of the token's owner as an iCalendar file.

    The token is the only credential. The file has the bookings that ended within the last 90 days
    and all upcoming ones. Cancelled bookings stay for 30 days, so that calendar programs remove
    them. Raises NotFound for an invalid token, and for one whose owner is deactivated.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, calendars: Calendars) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._calendars = calendars

    async def __call__(self, token: str) -> bytes:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            owner = await uow.calendar_feeds.owner(token_hash(token))
            if owner is None:
                raise NotFound("There is no such calendar.")
            entries = await uow.calendar_feeds.entries(
                owner,
                ended_after=now - SHOWN_AFTER_END,
                cancelled_after=now - SHOWN_AFTER_CANCELLATION,
                limit=MAX_ENTRIES,
            )
        return self._calendars.write(entries)
