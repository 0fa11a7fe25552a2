"""Scenario: everything that is to happen to one booking, past and future.

Nothing in it depends on the time of day, so that the same seed returns the same scenarios all day.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from random import Random

from domain.house import NO_SHOW_AT_END_FROM
from domain.local_time import MINUTE
from domain.period import Period
from domain.spaces import Space
from entrypoints.demo_data.people import Person
from entrypoints.demo_data.randomness import ID_BITS, WeightedChoice

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class Outcome(Enum):
    """How a booking ends."""

    ATTENDED = auto()
    CANCELLED = auto()
    NO_SHOW = auto()
    ABANDONED = auto()
    """Never paid, in a house that confirms on payment; elsewhere attended."""


_OUTCOMES = WeightedChoice(
    {Outcome.ATTENDED: 87, Outcome.CANCELLED: 8, Outcome.NO_SHOW: 4, Outcome.ABANDONED: 1}
)
_OUTCOMES_OF_LONG_BOOKINGS = WeightedChoice({Outcome.ATTENDED: 95, Outcome.CANCELLED: 5})
_SETTLEMENTS = WeightedChoice({"at once": 72, "later": 25, "never": 3})
_CANCEL_REASONS = WeightedChoice[str | None](
    {
        None: 40,
        "The meeting was moved.": 20,
        "Working from home after all.": 15,
        "Out sick.": 10,
        "The client cancelled.": 10,
        "Booked the wrong day.": 5,
    }
)
_NOTES = WeightedChoice[str | None](
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
class Scenario:
    """Who booked which desk for when, and how it ends.

    `arrives_after` counts from the start and is negative for an early arrival; `leaves_before`
    counts back from the end. `cancelled_at` is before the start. An invoice is paid `settles_after`
    it is due, or never if that is None. In a house that confirms on payment, the booking is paid
    `paid_after` it is made.
    """

    person: Person
    space: Space
    desk: int
    period: Period
    created_at: datetime
    id_bits: int
    outcome: Outcome
    notes: str | None
    arrives_after: timedelta
    leaves_before: timedelta
    cancelled_at: datetime
    cancel_reason: str | None
    settles_after: timedelta | None
    paid_after: timedelta

    @property
    def is_long(self) -> bool:
        """Whether it counts as a no-show only at its end."""
        return self.period.duration >= NO_SHOW_AT_END_FROM


def create_scenario(
    person: Person, space: Space, desk: int, period: Period, created_at: datetime, rng: Random
) -> Scenario:
    """Draw the scenario of a booking; `created_at` is at least 20 minutes before its start."""
    is_long = period.duration >= NO_SHOW_AT_END_FROM
    seconds_ahead = (period.start - created_at) // SECOND
    return Scenario(
        person=person,
        space=space,
        desk=desk,
        period=period,
        created_at=created_at,
        id_bits=rng.getrandbits(3 * ID_BITS),
        outcome=(_OUTCOMES_OF_LONG_BOOKINGS if is_long else _OUTCOMES).draw(rng),
        notes=_NOTES.draw(rng),
        arrives_after=_arrival(period.duration, rng),
        leaves_before=period.duration * (0.12 * rng.random() ** 2) + rng.random() * MINUTE,
        cancelled_at=created_at + SECOND * int(seconds_ahead * rng.uniform(0.1, 0.97)),
        cancel_reason=_CANCEL_REASONS.draw(rng),
        settles_after=_settlement(rng),
        paid_after=SECOND * rng.randrange(40, 8 * 60),
    )


def _arrival(duration: timedelta, rng: Random) -> timedelta:
    """Return a time around the start, within the first third; for long bookings, within 3 hours."""
    if duration >= NO_SHOW_AT_END_FROM:
        return SECOND * rng.randrange(3 * 60 * 60)
    latest = min(24 * MINUTE, duration / 3)
    return SECOND * int(rng.triangular(-10 * 60, latest // SECOND, -60))


def _settlement(rng: Random) -> timedelta | None:
    """Return when the invoice is paid: mostly at once, sometimes within 14 days, rarely never."""
    match _SETTLEMENTS.draw(rng):
        case "at once":
            return SECOND * rng.randrange(20, 300)
        case "later":
            return HOUR * rng.uniform(2, 14 * 24)
        case _:
            return None
