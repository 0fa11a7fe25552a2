"""GetDayBoard: the bookings of one day in every active space."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from application.common.caller import Caller
from application.common.policy import Permission
from application.ports.bookings import BookingFilter, BookingPosition
from application.ports.clock import Clock
from application.ports.spaces import SpaceFilter
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.analytics.days import ReportDays
from domain.bookings import Booking, BookingStatus
from domain.house import House
from domain.ids import SpaceId, UserId
from domain.opening_hours import open_periods
from domain.period import Period
from domain.spaces import Space

_PAGE_SIZE = 200
_SHOWN = frozenset(BookingStatus) - {BookingStatus.CANCELLED}


@dataclass(frozen=True, slots=True)
class BoardEntry:
    """A booking and the full name of its user."""

    booking: Booking
    name: str


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A space, its open periods on the day, and its bookings by start, then desk."""

    space: Space
    opened: Sequence[Period]
    entries: Sequence[BoardEntry]


@dataclass(frozen=True, slots=True)
class Board:
    """A local date, the period of that day in UTC, and a line for each active space, oldest first.

    `day` is None for a date that the house's time zone skipped.
    """

    date: date
    day: Period | None
    now: datetime
    lines: Sequence[BoardLine]


class GetDayBoard:
    """Return the board of a day, by default today in the house's time zone.

    Cancelled bookings and expired holds are not on it. For admins; raises Forbidden.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, house: House) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._zone = house.timezone

    async def __call__(self, caller: Caller, on: date | None = None) -> Board:
        caller.require(Permission.MANAGE_ALL_BOOKINGS)
        now = self._clock.now()
        local_date = on or now.astimezone(self._zone).date()
        [day] = ReportDays(local_date, local_date, self._zone).periods()
        if day is None:
            return Board(local_date, day, now, ())
        async with self._unit_of_work() as uow:
            spaces = [space async for space in _active_spaces(uow)]
            entries = await _entries(uow, day, now)
        lines = [
            BoardLine(space, open_periods(space.opening_hours, day, self._zone), entries[space.id])
            for space in spaces
        ]
        return Board(local_date, day, now, lines)


async def _active_spaces(uow: UnitOfWork) -> AsyncIterator[Space]:
    page: Sequence[Space] = ()
    after = None
    while after is None or len(page) == _PAGE_SIZE:
        page = await uow.spaces.list(SpaceFilter(is_active=True), after=after, limit=_PAGE_SIZE)
        for space in page:
            yield space
        if not page:
            return
        after = page[-1].id


async def _entries(uow: UnitOfWork, day: Period, now: datetime) -> dict[SpaceId, list[BoardEntry]]:
    bookings = [
        booking async for booking in _bookings(uow, day) if not booking.is_hold_expired(at=now)
    ]
    names: dict[UserId, str] = {}
    for user_id in sorted({booking.user_id for booking in bookings}):
        user = await uow.users.get(user_id)
        names[user_id] = "" if user is None else user.full_name
    entries: dict[SpaceId, list[BoardEntry]] = defaultdict(list)
    for booking in sorted(bookings, key=lambda booking: (booking.period.start, booking.desk)):
        entries[booking.space_id].append(BoardEntry(booking, names[booking.user_id]))
    return entries


async def _bookings(uow: UnitOfWork, day: Period) -> AsyncIterator[Booking]:
    criteria = BookingFilter(statuses=_SHOWN, overlaps_from=day.start, overlaps_to=day.end)
    page: Sequence[Booking] = ()
    after = None
    while after is None or len(page) == _PAGE_SIZE:
        page = await uow.bookings.list(criteria, after=after, limit=_PAGE_SIZE)
        for booking in page:
            yield booking
        if not page:
            return
        after = BookingPosition(page[-1].period.start, page[-1].id)
