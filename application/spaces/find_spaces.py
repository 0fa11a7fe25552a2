"""FindSpaces: list spaces, oldest first."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from application.common.caller import Caller
from application.common.paging import MAX_PAGE_SIZE, Page, cut_page
from application.ports.clock import Clock
from application.ports.spaces import SpaceFilter
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from application.spaces.space_access import restrict_space_filter
from domain.house import House
from domain.ids import SpaceId
from domain.opening_hours import open_periods
from domain.period import Period
from domain.schedule import Schedule
from domain.spaces import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class FindSpacesQuery:
    """Criteria, position and page size. `free_for` selects spaces free for the whole period."""

    caller: Caller | None
    criteria: SpaceFilter
    free_for: Period | None
    after: SpaceId | None
    limit: int


class FindSpaces:
    """List spaces, oldest first. Only admins see inactive ones."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, house: House) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._house = house

    async def __call__(self, query: FindSpacesQuery) -> Page[Space, SpaceId]:
        criteria = restrict_space_filter(query.caller, query.criteria)
        if criteria is None:
            return Page((), None)
        async with self._unit_of_work() as uow:
            if query.free_for is None:
                spaces = await uow.spaces.list(criteria, after=query.after, limit=query.limit + 1)
            else:
                free = self._free_spaces(uow, criteria, query.free_for, query.after)
                spaces = await _take(free, query.limit + 1)
        return cut_page(spaces, query.limit, lambda space: space.id)

    async def _free_spaces(
        self, uow: UnitOfWork, criteria: SpaceFilter, period: Period, after: SpaceId | None
    ) -> AsyncIterator[Space]:
        while True:
            schedules = await uow.schedules.list(criteria, period, after=after, limit=MAX_PAGE_SIZE)
            for schedule in schedules:
                if self._is_free(schedule, period):
                    yield schedule.space
            if len(schedules) < MAX_PAGE_SIZE:
                return
            after = schedules[-1].space.id

    def _is_free(self, schedule: Schedule, period: Period) -> bool:
        opened = open_periods(schedule.space.opening_hours, period, self._house.timezone)
        return opened == [period] and bool(schedule.free_desks(period, at=self._clock.now()))


async def _take(spaces: AsyncIterator[Space], count: int) -> list[Space]:
    taken: list[Space] = []
    async for space in spaces:
        taken.append(space)
        if len(taken) == count:
            break
    return taken
