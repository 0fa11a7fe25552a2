"""GetDayBoard: one day of every space, with who has booked it."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

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

_PAGE = 200
_SHOWN = frozenset(BookingStatus) - {BookingStatus.CANCELLED}


@dataclass(frozen=True, slots=True)
class BoardEntry:
    """A booking and the name of whoever has it."""

    booking: Booking
    name: str


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A space, when it is open on the day, and its bookings by start, then desk."""

    space: Space
    opened: Sequence[Period]
    entries: Sequence[BoardEntry]


@dataclass(frozen=True, slots=True)
class Board:
    """The day, in UTC when it begins and ends, and each active space in the order of their making.

    `day` is None for one that the house's zone left out.
    """

    date: date
    day: Period | None
    now: datetime
    lines: Sequence[BoardLine]


class GetDayBoard:
    """A day of the house, today unless another is asked for, for those who run its bookings.

    Raises Forbidden. Cancelled bookings, and holds that ran out, are not on it.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, house: House) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._zone = house.timezone

    async def __call__(self, caller: Caller, wanted: date | None = None) -> Board:
        caller.require(Permission.MANAGE_ALL_BOOKINGS)
        now = self._clock.now()
        on = wanted or now.astimezone(self._zone).date()
        [day] = ReportDays(on, on, self._zone).periods()
        if day is None:
            return Board(on, day, now, ())
        async with self._unit_of_work() as uow:
            spaces = [space async for space in _active_spaces(uow)]
            entries = await _entries(uow, day, now)
        lines = [
            BoardLine(space, open_periods(space.opening_hours, day, self._zone), entries[space.id])
            for space in spaces
        ]
        return Board(on, day, now, lines)


async def _active_spaces(uow: UnitOfWork) -> AsyncIterator[Space]:
    page: Sequence[Space] = ()
    after = None
    while after is None or len(page) == _PAGE:
        page = await uow.spaces.list(SpaceFilter(is_active=True), after=after, limit=_PAGE)
        for space in page:
            yield space
        if not page:
            return
        after = page[-1].id


async def _entries(uow: UnitOfWork, day: Period, now: datetime) -> dict[SpaceId, list[BoardEntry]]:
    bookings = [one async for one in _bookings(uow, day) if not one.is_hold_expired(at=now)]
    names: dict[UserId, str] = {}
    for user_id, _ in groupby(sorted(one.user_id for one in bookings)):
        user = await uow.users.get(user_id)
        names[user_id] = "" if user is None else user.full_name
    found: dict[SpaceId, list[BoardEntry]] = defaultdict(list)
    for booking in sorted(bookings, key=lambda one: (one.period.start, one.desk)):
        found[booking.space_id].append(BoardEntry(booking, names[booking.user_id]))
    return found


async def _bookings(uow: UnitOfWork, day: Period) -> AsyncIterator[Booking]:
    wanted = BookingFilter(statuses=_SHOWN, overlaps_from=day.start, overlaps_to=day.end)
    page: Sequence[Booking] = ()
    after = None
    while after is None or len(page) == _PAGE:
        page = await uow.bookings.list(wanted, after=after, limit=_PAGE)
        for booking in page:
            yield booking
        if not page:
            return
        after = BookingPosition(page[-1].period.start, page[-1].id)
