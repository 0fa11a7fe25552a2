"""Allocator: finds a free desk for each booking, and remembers every slot."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import Random

from domain.booking_rules import check_booking_time
from domain.errors import HouseRule
from domain.house import House
from domain.local_time import MINUTE
from domain.period import Period
from domain.spaces import Space, SpaceType
from entrypoints.demo_data.calendar import Calendar
from entrypoints.demo_data.people import Person
from entrypoints.demo_data.scenario import Scenario, create_scenario

MIN_NOTICE = 20 * MINUTE
"""Shortest time between booking and start. Leaves time to pay and to arrive."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Allocator:
    """Never releases a slot, not even of bookings that end as cancelled or as a no-show.

    So a desk has one booking at a time, whatever happens to a booking and whenever it happens.
    """

    def __init__(self, spaces: Sequence[Space], house: House, rng: Random) -> None:
        self.scenarios: list[Scenario] = []
        self._house = house
        self._rng = rng
        self._calendars = {space.id: [Calendar() for _ in range(space.desks)] for space in spaces}

    def allocate(
        self, person: Person, space: Space, period: Period, draw_created_at: Callable[[], datetime]
    ) -> bool:
        """Book if the person and a desk are free and the booking rules allow it.

        Returns whether it did. `draw_created_at` is called only when both are free; the result is
        moved to after the person joined.
        """
        start, end = _minutes(period)
        is_meeting = space.space_type is SpaceType.MEETING_ROOM
        person_calendar = person.meeting_calendar if is_meeting else person.desk_calendar
        desk = self._free_desk(space, start, end) if person_calendar.is_free(start, end) else None
        if desk is None:
            return False
        created_at = max(draw_created_at(), person.joined_at + MINUTE)
        if not self._is_allowed(period, space, created_at):
            return False
        person_calendar.add(start, end)
        self._calendars[space.id][desk - 1].add(start, end)
        self.scenarios.append(create_scenario(person, space, desk, period, created_at, self._rng))
        return True

    def is_free_before(self, scenario: Scenario, minutes: int) -> bool:
        """Whether the desk is free during the `minutes` before the booking starts."""
        start, _ = _minutes(scenario.period)
        calendar = self._calendars[scenario.space.id][scenario.desk - 1]
        return calendar.is_free(start - minutes, start)

    def _free_desk(self, space: Space, start: int, end: int) -> int | None:
        """Return the first free desk, counted from a random one."""
        calendars = self._calendars[space.id]
        first = self._rng.randrange(len(calendars))
        for number in range(first, first + len(calendars)):
            desk = number % len(calendars)
            if calendars[desk].is_free(start, end):
                return desk + 1
        return None

    def _is_allowed(self, period: Period, space: Space, created_at: datetime) -> bool:
        if created_at > period.start - MIN_NOTICE:
            return False
        try:
            check_booking_time(period, space, self._house, now=created_at, by_admin=False)
        except HouseRule:
            return False
        return True


def _minutes(period: Period) -> tuple[int, int]:
    return (period.start - _EPOCH) // MINUTE, (period.end - _EPOCH) // MINUTE
