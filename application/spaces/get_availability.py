"""GetAvailability: get the free and busy periods of a space."""

from application.common.caller import Caller
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from application.spaces.space_access import visible_space
from domain.availability import Availability, availability
from domain.errors import InvalidValue, NotFound
from domain.house import MAX_AVAILABILITY_WINDOW, House
from domain.ids import SpaceId
from domain.period import Period


class GetAvailability:
    """Return the free and busy periods of a space within a window of at most 62 days.

    Raises NotFound, and InvalidValue for a longer window.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, house: House) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._house = house

    async def __call__(
        self, space_id: SpaceId, window: Period, caller: Caller | None
    ) -> Availability:
        if window.duration > MAX_AVAILABILITY_WINDOW:
            raise InvalidValue(
                f"Expected at most {MAX_AVAILABILITY_WINDOW.days} days.", field="end_time"
            )
        async with self._unit_of_work() as uow:
            schedule = await uow.schedules.get(space_id, window)
        if schedule is None:
            raise NotFound("There is no such space.")
        visible_space(schedule.space, caller)
        return availability(schedule, window, self._house, now=self._clock.now())
