"""The rhythm of the house: how busy which day is, and who comes when and for how long.

Quiet Mondays and Fridays, busy days between, hardly anybody on Sundays; desks from nine, meetings
around lunch rather than over it.
"""

from datetime import date
from enum import Enum, auto
from random import Random

from domain.opening_hours import Interval
from domain.spaces import Space, SpaceType
from entrypoints.demo.chance import Choice

BUSY_DAY = 1.15
_WEEKDAYS = (0.8, 1.1, BUSY_DAY, 1.1, 0.75, 0.2, 0.07)
_WHOLE_DAY = 24 * 60
_SHORTEST = 15


class Purpose(Enum):
    """What somebody comes for."""

    DESK = auto()
    MEETING = auto()
    CALL = auto()
    OWN_DESK = auto()
    OFFICE = auto()

    def is_served_by(self, space: Space) -> bool:
        """Whether they would go there for it."""
        if space.space_type is SpaceType.MEETING_ROOM:
            if space.capacity > _LARGEST_MEETING:
                return False
            return self is (Purpose.CALL if space.capacity == 1 else Purpose.MEETING)
        return self is _PURPOSES[space.space_type]


_LARGEST_MEETING = 50
"""A hall for more is for events. Nobody plans one here, so that whoever tries the house at its
busiest hour finds a room."""
_PURPOSES = {
    SpaceType.HOT_DESK: Purpose.DESK,
    SpaceType.DEDICATED_DESK: Purpose.OWN_DESK,
    SpaceType.PRIVATE_OFFICE: Purpose.OFFICE,
}
AT_A_DESK = frozenset({Purpose.DESK, Purpose.OWN_DESK, Purpose.OFFICE})

_ON_WEEKDAYS = Choice(
    {
        Purpose.DESK: 54,
        Purpose.MEETING: 26,
        Purpose.CALL: 16,
        Purpose.OWN_DESK: 2.5,
        Purpose.OFFICE: 1.5,
    }
)
_ON_WEEKENDS = Choice({Purpose.DESK: 85, Purpose.MEETING: 10, Purpose.OWN_DESK: 5})

_MEETING_STARTS = Choice(
    {
        8 * 60 + 30: 2,
        9 * 60: 6,
        9 * 60 + 30: 6,
        10 * 60: 11,
        10 * 60 + 30: 8,
        11 * 60: 8,
        11 * 60 + 30: 3,
        12 * 60: 1.5,
        12 * 60 + 30: 1,
        13 * 60: 3,
        13 * 60 + 30: 5,
        14 * 60: 9,
        14 * 60 + 30: 7,
        15 * 60: 8,
        15 * 60 + 30: 5,
        16 * 60: 6,
        16 * 60 + 30: 3,
        17 * 60: 2,
        18 * 60: 1,
    }
)
_MEETING_LENGTHS = Choice({30: 18, 60: 46, 90: 15, 120: 13, 180: 5, 240: 3})
_CALL_LENGTHS = Choice({15: 15, 30: 50, 45: 20, 60: 15})
_MORNINGS = Choice({480: 8, 510: 12, 540: 42, 570: 20, 600: 15, 660: 3})
_AFTERNOONS = Choice({750: 10, 780: 35, 810: 25, 840: 20, 900: 10})
_DAYS_LENGTHS = Choice({420: 20, 480: 45, 540: 30, 600: 5})
_HALF_DAYS_LENGTHS = Choice({180: 20, 240: 60, 300: 20})
_STAYS = Choice({"day": 46, "morning": 22, "afternoon": 24, "visit": 5, "evening": 3})


def busyness(day: date) -> float:
    """How many come on such a weekday, against an average working day."""
    return _WEEKDAYS[day.weekday()]


def purpose(day: date, rolled: Random) -> Purpose:
    """What the next one comes for."""
    return (_ON_WEEKDAYS if day.weekday() in range(5) else _ON_WEEKENDS).of(rolled)


def hours(wanted: Purpose, rolled: Random) -> Interval:
    """When they would like to come and leave, in minutes since midnight."""
    if wanted is Purpose.MEETING:
        start, length = _MEETING_STARTS.of(rolled), _MEETING_LENGTHS.of(rolled)
    elif wanted is Purpose.CALL:
        late = rolled.choice((-15, 0, 0, 15))
        start, length = _MEETING_STARTS.of(rolled) + late, _CALL_LENGTHS.of(rolled)
    elif wanted is Purpose.DESK:
        start, length = _stay(rolled)
    else:
        start, length = _MORNINGS.of(rolled), _DAYS_LENGTHS.of(rolled)
    return start, start + length


def _stay(rolled: Random) -> Interval:
    """Start and length of a stay at a shared desk."""
    match _STAYS.of(rolled):
        case "day":
            return _MORNINGS.of(rolled), _DAYS_LENGTHS.of(rolled)
        case "morning":
            return _MORNINGS.of(rolled), _HALF_DAYS_LENGTHS.of(rolled)
        case "afternoon":
            return _AFTERNOONS.of(rolled), _HALF_DAYS_LENGTHS.of(rolled)
        case "visit":
            return rolled.randrange(600, 960, 30), rolled.choice((60, 90, 120))
        case _:
            return rolled.randrange(1050, 1200, 30), rolled.choice((120, 150, 180))


def fitted(wanted: Interval, space: Space, weekday: int, step: int) -> Interval | None:
    """The hours as the space and the step grid allow them on that weekday, or None.

    A late opening makes people come later, an early closing leave earlier; if less than half of the
    time were left, they would not come.
    """
    start, end = wanted
    start -= start % step
    hours_of_day = space.opening_hours
    intervals = ((0, _WHOLE_DAY),) if hours_of_day is None else hours_of_day.days[weekday]
    for opens, closes in intervals:
        first = max(start, opens + -opens % step)
        last = min(first + max(end - start, step), closes)
        last -= last % step
        if last - first >= max((end - start) / 2, _SHORTEST):
            return first, last
    return None
