"""Diary: which desks are taken when, and by whom; every story goes through it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import Random

from domain.booking_rules import check_booking_time
from domain.errors import HouseRule
from domain.house import House
from domain.local_time import MINUTE
from domain.period import Period
from domain.spaces import Space, SpaceType
from entrypoints.demo.agenda import Agenda
from entrypoints.demo.people import Person
from entrypoints.demo.stories import Story, tell

LEAST_AHEAD = 20 * MINUTE
"""Nobody books at the very last moment: they need time to pay, and to walk there."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Diary:
    """Holds every slot for good, also of those who cancel or do not come.

    So whatever happens to a booking, and whenever, nobody else ever had its desk at the time.
    """

    def __init__(self, spaces: Sequence[Space], house: House, rolled: Random) -> None:
        self.stories: list[Story] = []
        self._house = house
        self._dice = rolled
        self._agendas = {space.id: [Agenda() for _ in range(space.desks)] for space in spaces}

    def enter(
        self, person: Person, space: Space, period: Period, booked_at: Callable[[], datetime]
    ) -> bool:
        """Book, if the person and a desk are free and the rules of the house allow it.

        `booked_at` is asked only when they are free; nobody books before they joined.
        """
        start, end = _minutes(period)
        is_meeting = space.space_type is SpaceType.MEETING_ROOM
        whereabouts = person.in_meeting if is_meeting else person.at_desk
        desk = self._free_desk(space, start, end) if whereabouts.is_free(start, end) else None
        if desk is None:
            return False
        created_at = max(booked_at(), person.joined_at + MINUTE)
        if not self._is_allowed(period, space, created_at):
            return False
        whereabouts.take(start, end)
        self._agendas[space.id][desk - 1].take(start, end)
        self.stories.append(tell(person, space, desk, period, created_at, self._dice))
        return True

    def is_free_before(self, story: Story, minutes: int) -> bool:
        """Whether that desk has nobody on it for so many minutes before the booking starts."""
        start, _ = _minutes(story.period)
        agenda = self._agendas[story.space.id][story.desk - 1]
        return agenda.is_free(start - minutes, start)

    def _free_desk(self, space: Space, start: int, end: int) -> int | None:
        """The first free desk, counted from a random one."""
        agendas = self._agendas[space.id]
        first = self._dice.randrange(len(agendas))
        for number in range(first, first + len(agendas)):
            desk = number % len(agendas)
            if agendas[desk].is_free(start, end):
                return desk + 1
        return None

    def _is_allowed(self, period: Period, space: Space, created_at: datetime) -> bool:
        if created_at > period.start - LEAST_AHEAD:
            return False
        try:
            check_booking_time(period, space, self._house, now=created_at, by_admin=False)
        except HouseRule:
            return False
        return True


def _minutes(period: Period) -> tuple[int, int]:
    return (period.start - _EPOCH) // MINUTE, (period.end - _EPOCH) // MINUTE
