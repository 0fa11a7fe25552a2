"""Tenancies: bookings of dedicated desks and offices for weeks or months."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import partial
from random import Random

from domain.local_time import DAY, add_months, instant_of
from domain.period import Period
from domain.spaces import Space, SpaceType
from entrypoints.demo_data.allocator import Allocator
from entrypoints.demo_data.people import Person
from entrypoints.demo_data.randomness import WeightedChoice
from entrypoints.demo_data.scenario import HOUR
from entrypoints.demo_data.timeline import Timeline

_LENGTHS = WeightedChoice[tuple[int, int]]({(0, 7): 3, (0, 14): 3, (1, 0): 5, (2, 0): 2, (3, 0): 1})
"""In months and days."""
_BOOKINGS_PER_TENANCY = 40
_MAX_GAP_DAYS = 21
_START_HOUR = 9
_FRIDAY = 4


def allocate_tenancies(
    timeline: Timeline,
    spaces: Sequence[Space],
    members: Sequence[Person],
    allocator: Allocator,
    rng: Random,
) -> None:
    """Let each dedicated desk and office to one tenant after another.

    The days between two tenancies are left to day guests.
    """
    max_tenancies = timeline.plan.bookings // _BOOKINGS_PER_TENANCY
    for space in spaces:
        if space.space_type in {SpaceType.DEDICATED_DESK, SpaceType.PRIVATE_OFFICE}:
            _allocate_tenancies_of(space, timeline, members, allocator, rng, max_tenancies)


def _allocate_tenancies_of(
    space: Space,
    timeline: Timeline,
    members: Sequence[Person],
    allocator: Allocator,
    rng: Random,
    max_tenancies: int,
) -> None:
    zone = timeline.house.timezone
    last_day = timeline.days[-1]
    wall = datetime.combine(timeline.first_day, time())
    while len(allocator.scenarios) < max_tenancies:
        wall += timedelta(days=rng.randrange(1, _MAX_GAP_DAYS))
        if wall.weekday() > _FRIDAY:
            wall += timedelta(days=7 - wall.weekday())
        wall = wall.replace(hour=_START_HOUR)
        if wall.date() > last_day:
            return
        # The first member is the demo account, which has the bookings of an ordinary member.
        tenant = rng.choice(members[1:])
        end = _end_of_tenancy(wall, rng)
        period = Period(instant_of(wall, zone), instant_of(end, zone))
        if allocator.allocate(tenant, space, period, partial(_created_at, period, timeline, rng)):
            wall = end


def _end_of_tenancy(wall: datetime, rng: Random) -> datetime:
    months, days = _LENGTHS.draw(rng)
    return add_months(wall, months) + timedelta(days=days)


def _created_at(period: Period, timeline: Timeline, rng: Random) -> datetime:
    """Return a time some weeks before the start, and before today."""
    return min(
        period.start - rng.uniform(2, 30) * DAY,
        timeline.start_of_today - rng.uniform(1, 80) * HOUR,
    )
