"""Tenancies: the dedicated desks and offices that somebody has for weeks and months."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import partial
from random import Random

from domain.local_time import DAY, add_months, instant_of
from domain.period import Period
from domain.spaces import Space, SpaceType
from entrypoints.demo.chance import Choice
from entrypoints.demo.demo_house import Season
from entrypoints.demo.diary import Diary
from entrypoints.demo.people import Person
from entrypoints.demo.stories import HOUR

_LENGTHS = Choice[tuple[int, int]]({(0, 7): 3, (0, 14): 3, (1, 0): 5, (2, 0): 2, (3, 0): 1})
"""In months and days."""
_BOOKINGS_PER_TENANCY = 40
_LONGEST_GAP_DAYS = 21
_MOVING_IN_HOUR = 9
_FRIDAY = 4


def rent_out(
    season: Season,
    spaces: Sequence[Space],
    members: Sequence[Person],
    diary: Diary,
    rolled: Random,
) -> None:
    """Let tenants move in and out of each such space, with days in between for day guests."""
    most = season.plan.bookings // _BOOKINGS_PER_TENANCY
    for space in spaces:
        if space.space_type in {SpaceType.DEDICATED_DESK, SpaceType.PRIVATE_OFFICE}:
            _rent_out(space, season, members, diary, rolled, most)


def _rent_out(
    space: Space,
    season: Season,
    members: Sequence[Person],
    diary: Diary,
    rolled: Random,
    most: int,
) -> None:
    zone = season.house.timezone
    last_day = season.days[-1]
    wall = datetime.combine(season.first_day, time())
    while len(diary.stories) < most:
        wall += timedelta(days=rolled.randrange(1, _LONGEST_GAP_DAYS))
        if wall.weekday() > _FRIDAY:
            wall += timedelta(days=7 - wall.weekday())
        wall = wall.replace(hour=_MOVING_IN_HOUR)
        if wall.date() > last_day:
            return
        # The first member is the visitor of the demo, who is to have a member's usual bookings.
        tenant = rolled.choice(members[1:])
        end = _end_of_tenancy(wall, rolled)
        period = Period(instant_of(wall, zone), instant_of(end, zone))
        if diary.enter(tenant, space, period, partial(_agreed_at, period, season, rolled)):
            wall = end


def _end_of_tenancy(wall: datetime, rolled: Random) -> datetime:
    months, days = _LENGTHS.of(rolled)
    return add_months(wall, months) + timedelta(days=days)


def _agreed_at(period: Period, season: Season, rolled: Random) -> datetime:
    """Some weeks before, and by yesterday also what begins only later."""
    return min(
        period.start - rolled.uniform(2, 30) * DAY, season.daybreak - rolled.uniform(1, 80) * HOUR
    )
