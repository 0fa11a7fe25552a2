"""Story: everything that is to happen to one booking, told before anybody asks how far it is.

Nothing in it depends on the time of day, so that the same seed tells the same stories all day.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from random import Random

from domain.house import NO_SHOW_AT_END_FROM
from domain.local_time import MINUTE
from domain.period import Period
from domain.spaces import Space
from entrypoints.demo.chance import ID_BITS, Choice
from entrypoints.demo.people import Person

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class Fate(Enum):
    """How it ends."""

    ATTENDED = auto()
    CANCELLED = auto()
    NO_SHOW = auto()
    ABANDONED = auto()
    """Never paid, where a booking has to be; elsewhere it is attended."""


_FATES = Choice({Fate.ATTENDED: 87, Fate.CANCELLED: 8, Fate.NO_SHOW: 4, Fate.ABANDONED: 1})
_FATES_OF_LONG_ONES = Choice({Fate.ATTENDED: 95, Fate.CANCELLED: 5})
_SETTLEMENTS = Choice({"at once": 72, "later": 25, "never": 3})
_REASONS = Choice[str | None](
    {
        None: 40,
        "The meeting was moved.": 20,
        "Working from home after all.": 15,
        "Ill.": 10,
        "The client cancelled.": 10,
        "Booked the wrong day.": 5,
    }
)
_NOTES = Choice[str | None](
    {
        None: 90,
        "Client visit.": 2,
        "Video call at the start, please keep the hallway quiet.": 1,
        "We bring our own lunch.": 1,
        "Extra chairs, please.": 2,
        "Workshop: tables in a circle.": 1,
        "Interviews.": 2,
        "Arriving by bike, a locker would be nice.": 1,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Who booked which desk for when, and what comes of it.

    `arrives_after` counts from the start, and is negative for the early; `leaves_before` counts to
    the end. `cancelled_at` is before the start. A bill is paid `settles_after` it is due, or never.
    `paid_after` the booking it is paid where that is what confirms it.
    """

    person: Person
    space: Space
    desk: int
    period: Period
    created_at: datetime
    id_bits: int
    fate: Fate
    notes: str | None
    arrives_after: timedelta
    leaves_before: timedelta
    cancelled_at: datetime
    cancel_reason: str | None
    settles_after: timedelta | None
    paid_after: timedelta

    @property
    def is_long(self) -> bool:
        """Whether nobody expects them within the first minutes."""
        return self.period.duration >= NO_SHOW_AT_END_FROM


def tell(
    person: Person, space: Space, desk: int, period: Period, created_at: datetime, rolled: Random
) -> Story:
    """The story of a booking made then; `created_at` is at least 20 minutes before its start."""
    is_long = period.duration >= NO_SHOW_AT_END_FROM
    ahead = (period.start - created_at) // SECOND
    return Story(
        person=person,
        space=space,
        desk=desk,
        period=period,
        created_at=created_at,
        id_bits=rolled.getrandbits(3 * ID_BITS),
        fate=(_FATES_OF_LONG_ONES if is_long else _FATES).of(rolled),
        notes=_NOTES.of(rolled),
        arrives_after=_arrival(period.duration, rolled),
        leaves_before=period.duration * (0.12 * rolled.random() ** 2) + rolled.random() * MINUTE,
        cancelled_at=created_at + SECOND * int(ahead * rolled.uniform(0.1, 0.97)),
        cancel_reason=_REASONS.of(rolled),
        settles_after=_settlement(rolled),
        paid_after=SECOND * rolled.randrange(40, 8 * 60),
    )


def _arrival(duration: timedelta, rolled: Random) -> timedelta:
    """Around the start, within the first third; for long ones, within some hours."""
    if duration >= NO_SHOW_AT_END_FROM:
        return SECOND * rolled.randrange(3 * 60 * 60)
    latest = min(24 * MINUTE, duration / 3)
    return SECOND * int(rolled.triangular(-10 * 60, latest // SECOND, -60))


def _settlement(rolled: Random) -> timedelta | None:
    """Most pay as they leave, some when they get to it, a few do not."""
    match _SETTLEMENTS.of(rolled):
        case "at once":
            return SECOND * rolled.randrange(20, 300)
        case "later":
            return HOUR * rolled.uniform(2, 14 * 24)
        case _:
            return None
