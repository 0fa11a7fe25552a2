"""find_alternatives: bookable periods near a taken one.

Reads the bookings around it first, and the gaps of the whole schedule only when those are not
enough.
"""

from datetime import datetime

from application.ports.unit_of_work import UnitOfWork
from domain.alternatives import nearest_alternatives, search_limits
from domain.house import House
from domain.ids import BookingId
from domain.period import Period
from domain.spaces import Space

NEAR_BOOKINGS = 30
"""Usually enough to find three alternatives. Otherwise a second read covers the whole horizon."""


async def find_alternatives(
    uow: UnitOfWork,
    space: Space,
    requested: Period,
    house: House,
    *,
    now: datetime,
    ignoring: BookingId | None = None,
) -> tuple[Period, ...]:
    """Return up to three bookable periods near the requested one in the space, nearest start first.

    `ignoring` is the booking to be moved, which does not block itself. Takes at most two
    statements, however full the space is.
    """
    limits = search_limits(requested, house, now=now)
    read = await uow.schedules.around(space.id, requested, limits, bookings=NEAR_BOOKINGS)
    if read is None:
        return ()
    near, searched = read
    if ignoring is not None:
        near = near.without(ignoring)
    alternatives = nearest_alternatives(near, requested, searched, house, now=now)
    if alternatives.are_final:
        return alternatives.periods
    schedule = await uow.schedules.obstacles(
        space.id, requested.duration, limits, at=now, ignoring=ignoring
    )
    if schedule is None:
        return ()
    return nearest_alternatives(schedule, requested, limits, house, now=now).periods
