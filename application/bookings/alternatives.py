"""Finding alternatives: reading what is near first, and then only the gaps of a full schedule."""

from datetime import datetime

from application.ports.unit_of_work import UnitOfWork
from domain.alternatives import nearest_alternatives, search_limits
from domain.house import House
from domain.ids import BookingId
from domain.period import Period
from domain.spaces import Space

NEAR_BOOKINGS = 30
"""Mostly enough to find three. If not, all the time that can be booked is searched at once."""


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

    The booking to ignore is the one that looks for another time, and so is in nobody's way. Takes
    two statements at most, however full the space is.
    """
    limits = search_limits(wanted, house, now=now)
    read = await uow.schedules.around(space.id, wanted, limits, bookings=NEAR_BOOKINGS)
    if read is None:
        return ()
    near, searched = read
    if ignoring is not None:
        near = near.without(ignoring)
    alternatives = nearest_alternatives(near, wanted, searched, house, now=now)
    if alternatives.are_final:
        return alternatives.periods
    schedule = await uow.schedules.obstacles(
        space.id, wanted.duration, limits, at=now, ignoring=ignoring
    )
    if schedule is None:
        return ()
    return nearest_alternatives(schedule, wanted, limits, house, now=now).periods
