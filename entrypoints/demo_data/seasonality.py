"""Seasonality: how busy each weekday is, and the usual purposes and hours of bookings.

Mondays and Fridays are quiet, the days between busy, and Sundays almost empty. Desks are mostly
booked from nine, and meetings before or after lunch.
"""

from datetime import date
from enum import Enum, auto
from random import Random

from domain.opening_hours import Interval
from domain.spaces import Space, SpaceType
from entrypoints.demo_data.randomness import WeightedChoice

BUSIEST_WEEKDAY = 1.15
"""Relative to an average working day."""
_WEEKDAY_WEIGHTS = (0.8, 1.1, BUSIEST_WEEKDAY, 1.1, 0.75, 0.2, 0.07)
_WHOLE_DAY = 24 * 60
_MIN_MINUTES = 15


class Purpose(Enum):
    """What a person books for."""

    DESK = auto()
    MEETING = auto()
    CALL = auto()
    OWN_DESK = auto()
    OFFICE = auto()

    def is_served_by(self, space: Space) -> bool:
        """Whether the space is used for this purpose."""
        if space.space_type is SpaceType.MEETING_ROOM:
            if space.capacity > _MAX_MEETING_CAPACITY:
                return False
            return self is (Purpose.CALL if space.capacity == 1 else Purpose.MEETING)
        return self is _PURPOSES[space.space_type]


_MAX_MEETING_CAPACITY = 50
"""Larger rooms stay unbooked, so that a room is free at any hour to try the service with."""
_PURPOSES = {
    SpaceType.HOT_DESK: Purpose.DESK,
    SpaceType.DEDICATED_DESK: Purpose.OWN_DESK,
    SpaceType.PRIVATE_OFFICE: Purpose.OFFICE,
}
DESK_PURPOSES = frozenset({Purpose.DESK, Purpose.OWN_DESK, Purpose.OFFICE})

_ON_WEEKDAYS = WeightedChoice(
    {
        Purpose.DESK: 54,
        Purpose.MEETING: 26,
        Purpose.CALL: 16,
        Purpose.OWN_DESK: 2.5,
        Purpose.OFFICE: 1.5,
    }
)
_ON_WEEKENDS = WeightedChoice({Purpose.DESK: 85, Purpose.MEETING: 10, Purpose.OWN_DESK: 5})

_MEETING_STARTS = WeightedChoice(
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
_MEETING_LENGTHS = WeightedChoice({30: 18, 60: 46, 90: 15, 120: 13, 180: 5, 240: 3})
_CALL_LENGTHS = WeightedChoice({15: 15, 30: 50, 45: 20, 60: 15})
_MORNINGS = WeightedChoice({480: 8, 510: 12, 540: 42, 570: 20, 600: 15, 660: 3})
_AFTERNOONS = WeightedChoice({750: 10, 780: 35, 810: 25, 840: 20, 900: 10})
_DAY_LENGTHS = WeightedChoice({420: 20, 480: 45, 540: 30, 600: 5})
_HALF_DAY_LENGTHS = WeightedChoice({180: 20, 240: 60, 300: 20})
_STAYS = WeightedChoice({"day": 46, "morning": 22, "afternoon": 24, "visit": 5, "evening": 3})


def weekday_weight(day: date) -> float:
    """Return how busy the weekday is, relative to an average working day."""
    return _WEEKDAY_WEIGHTS[day.weekday()]


def draw_purpose(day: date, rng: Random) -> Purpose:
    """Return a random purpose of a booking on that day."""
    return (_ON_WEEKDAYS if day.weekday() in range(5) else _ON_WEEKENDS).draw(rng)


def draw_hours(purpose: Purpose, rng: Random) -> Interval:
    """Return a random start and end for the purpose, in minutes since midnight."""
    if purpose is Purpose.MEETING:
        start, length = _MEETING_STARTS.draw(rng), _MEETING_LENGTHS.draw(rng)
    elif purpose is Purpose.CALL:
        shift = rng.choice((-15, 0, 0, 15))
        start, length = _MEETING_STARTS.draw(rng) + shift, _CALL_LENGTHS.draw(rng)
    elif purpose is Purpose.DESK:
        start, length = _draw_stay(rng)
    else:
        start, length = _MORNINGS.draw(rng), _DAY_LENGTHS.draw(rng)
    return start, start + length


def _draw_stay(rng: Random) -> Interval:
    """Return a random start and length of a stay at a shared desk."""
    match _STAYS.draw(rng):
        case "day":
            return _MORNINGS.draw(rng), _DAY_LENGTHS.draw(rng)
        case "morning":
            return _MORNINGS.draw(rng), _HALF_DAY_LENGTHS.draw(rng)
        case "afternoon":
            return _AFTERNOONS.draw(rng), _HALF_DAY_LENGTHS.draw(rng)
        case "visit":
            return rng.randrange(600, 960, 30), rng.choice((60, 90, 120))
        case _:
            return rng.randrange(1050, 1200, 30), rng.choice((120, 150, 180))


def fit_to_opening_hours(hours: Interval, space: Space, weekday: int, step: int) -> Interval | None:
    """Return the hours as the space and the step grid allow them on that weekday, or None.

    A late opening moves the start, an early closing moves the end. The result is None when less
    than half of the length, or less than 15 minutes, would remain.
    """
    start, end = hours
    start -= start % step
    opening_hours = space.opening_hours
    intervals = ((0, _WHOLE_DAY),) if opening_hours is None else opening_hours.days[weekday]
    for opens, closes in intervals:
        first = max(start, opens + -opens % step)
        last = min(first + max(end - start, step), closes)
        last -= last % step
        if last - first >= max((end - start) / 2, _MIN_MINUTES):
            return first, last
    return None
