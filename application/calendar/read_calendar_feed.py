"""ReadCalendarFeed: the bookings of whoever's feed it is, for anybody who has its token."""

from datetime import timedelta

from application.common.opaque_tokens import token_hash
from application.ports.calendars import Calendars
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.errors import NotFound

SHOWN_AFTER_END = timedelta(days=90)


SHOWN_AFTER_CANCELLATION = timedelta(days=30)
"""Long enough for every calendar program to come round and take the event out."""


MAX_ENTRIES = 1_000


class ReadCalendarFeed:
    """The bookings of whoever's feed it is, for anybody who has its token.

    Those that ended within the last 90 days, and all to come; cancelled ones for 30 days, so that
    programs which have them take them out. Raises NotFound for a token that is not good, or whose
    owner was deactivated.
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
