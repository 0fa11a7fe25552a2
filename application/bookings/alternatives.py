"""Finding alternatives: reading as much of a full schedule as it takes, and no more."""

from datetime import datetime

from application.ports.unit_of_work import UnitOfWork
from domain.alternatives import nearest_alternatives, search_limits
from domain.house import House
from domain.ids import BookingId
from domain.period import Period
from domain.spaces import Space

FIRST_SEARCH_BOOKINGS = 30
"""Mostly enough to find three; a fuller space is searched further and further."""
WIDEN_SEARCH_BY = 10


async def find_alternatives(
    uow: UnitOfWork,
    space: Space,
    wanted: Period,
    house: House,
    *,
    now: datetime,
    ignoring: BookingId | None = None,
) -> tuple[Period, ...]:
    """Up to three bookable periods near the wanted one, in the same space, nearest start first.

    The booking to ignore is the one that looks for another time, and so is in nobody's way.
    """
    limits = search_limits(wanted, house, now=now)
    bookings = FIRST_SEARCH_BOOKINGS
    while True:
        read = await uow.schedules.around(space.id, wanted, limits, bookings=bookings)
        if read is None:
            return ()
        schedule, searched = read
        if ignoring is not None:
            schedule = schedule.without(ignoring)
        alternatives = nearest_alternatives(schedule, wanted, searched, house, now=now)
        if alternatives.are_final or searched.contains(limits):
            return alternatives.periods
        bookings *= WIDEN_SEARCH_BY
