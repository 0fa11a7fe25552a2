"""GetBookingCalendar, and the private feed of one's bookings, for calendar programs."""

from datetime import timedelta

from application.auth.sessions import new_token, token_hash
from application.bookings.find_bookings import visible_booking
from application.caller import Caller
from application.ports.calendar_feeds import CalendarEntry, CalendarFeed
from application.ports.calendars import Calendars
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from application.retry import retried_when_stale
from domain.errors import NotFound
from domain.ids import BookingId

SHOWN_AFTER_END = timedelta(days=90)
SHOWN_AFTER_CANCELLATION = timedelta(days=30)
"""Long enough for every calendar program to come round and take the event out."""
MOST_ENTRIES = 1_000


class GetBookingCalendar:
    """One booking as a calendar. Raises NotFound, for somebody else's too unless an admin asks."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, calendars: Calendars) -> None:
        self._unit_of_work = unit_of_work
        self._calendars = calendars

    async def __call__(self, caller: Caller, booking_id: BookingId) -> bytes:
        async with self._unit_of_work() as uow:
            booking = visible_booking(await uow.bookings.get(booking_id), caller)
            space = await uow.spaces.get(booking.space_id)
        if space is None:
            raise LookupError(f"The space {booking.space_id} of a booking is gone.")
        return self._calendars.write([CalendarEntry(booking, space.name)])


class OpenCalendarFeed:
    """Give the caller the secret token of a feed of their bookings.

    Only its hash is stored, so it can be shown this once: asking again makes another token, and the
    one before it is no longer good.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    @retried_when_stale
    async def __call__(self, caller: Caller) -> str:
        token = new_token()
        feed = CalendarFeed(caller.user_id, token_hash(token), self._clock.now())
        async with self._unit_of_work() as uow:
            uow.calendar_feeds.put(feed)
            await uow.commit()
        return token


class CloseCalendarFeed:
    """Revoke the caller's feed, if they have one."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    @retried_when_stale
    async def __call__(self, caller: Caller) -> None:
        async with self._unit_of_work() as uow:
            feed = await uow.calendar_feeds.of_user(caller.user_id)
            if feed is not None:
                uow.calendar_feeds.remove(feed)
                await uow.commit()


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
                limit=MOST_ENTRIES,
            )
        return self._calendars.write(entries)
