"""FindSpaces, ListSpaces, CountSpaceTypes, GetSpace: what there is to book."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from application.caller import Caller
from application.paging import LARGEST_PAGE_SIZE, Page, cut_page
from application.policy import Permission
from application.ports.clock import Clock
from application.ports.documents import Documents
from application.ports.spaces import SpaceFilter
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.errors import NotFound
from domain.house import House
from domain.ids import SpaceId
from domain.opening_hours import open_periods
from domain.period import Period
from domain.schedule import Schedule
from domain.spaces import Space, SpaceType


@dataclass(frozen=True, slots=True, kw_only=True)
class FindSpacesQuery:
    """Which spaces are wanted. With `free_for`, only those that are free for the whole of it."""

    caller: Caller | None
    wanted: SpaceFilter
    free_for: Period | None
    after: SpaceId | None
    limit: int


class FindSpaces:
    """List spaces in the order they were made. Inactive ones are shown to admins only."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, house: House) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._house = house

    async def __call__(self, query: FindSpacesQuery) -> Page[Space, SpaceId]:
        wanted = _for(query.caller, query.wanted)
        if wanted is None:
            return Page((), None)
        async with self._unit_of_work() as uow:
            if query.free_for is None:
                spaces = await uow.spaces.list(wanted, after=query.after, limit=query.limit + 1)
            else:
                free = self._free_spaces(uow, wanted, query.free_for, query.after)
                spaces = await _take(free, query.limit + 1)
        return cut_page(spaces, query.limit, lambda space: space.id)

    async def _free_spaces(
        self, uow: UnitOfWork, wanted: SpaceFilter, period: Period, after: SpaceId | None
    ) -> AsyncIterator[Space]:
        while True:
            schedules = await uow.schedules.of_many(
                wanted, period, after=after, limit=LARGEST_PAGE_SIZE
            )
            for schedule in schedules:
                if self._is_free(schedule, period):
                    yield schedule.space
            if len(schedules) < LARGEST_PAGE_SIZE:
                return
            after = schedules[-1].space.id

    def _is_free(self, schedule: Schedule, period: Period) -> bool:
        opened = open_periods(schedule.space.opening_hours, period, self._house.timezone)
        return opened == [period] and bool(schedule.free_desks(period, at=self._clock.now()))


class ListSpaces:
    """The same list as FindSpaces', each space as the document that the contract has for it.

    But as an entity when `free_for` is asked for: that takes the rules of the house to tell.
    """

    def __init__(self, find_spaces: FindSpaces, documents: Documents) -> None:
        self._find_spaces = find_spaces
        self._documents = documents

    async def __call__(self, query: FindSpacesQuery) -> Page[Space, SpaceId] | Page[str, SpaceId]:
        if query.free_for is not None:
            return await self._find_spaces(query)
        wanted = _for(query.caller, query.wanted)
        if wanted is None:
            none: Page[str, SpaceId] = Page((), None)
            return none
        return await self._documents.spaces(wanted, after=query.after, limit=query.limit)


class CountSpaceTypes:
    """Every space type, with how many active spaces of it there are."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self) -> dict[SpaceType, int]:
        async with self._unit_of_work() as uow:
            counts = await uow.spaces.count_active_by_type()
        return {space_type: counts.get(space_type, 0) for space_type in SpaceType}


class GetSpace:
    """One space. Raises NotFound, for an inactive one too unless an admin asks."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, space_id: SpaceId, caller: Caller | None) -> Space:
        async with self._unit_of_work() as uow:
            space = await uow.spaces.get(space_id)
        return visible(space, caller)


def _for(caller: Caller | None, wanted: SpaceFilter) -> SpaceFilter | None:
    """What of the wanted spaces the caller may know of; None when that can be none."""
    if sees_inactive(caller):
        return wanted
    return None if wanted.is_active is False else replace(wanted, is_active=True)


def visible(space: Space | None, caller: Caller | None) -> Space:
    """The space if that caller may know of it; raises NotFound."""
    if space is None or not (space.is_active or sees_inactive(caller)):
        raise NotFound("There is no such space.")
    return space


def sees_inactive(caller: Caller | None) -> bool:
    """Whether the caller is signed in and may see spaces that are not active."""
    return caller is not None and caller.may(Permission.RUN_SPACES)


async def _take(spaces: AsyncIterator[Space], count: int) -> list[Space]:
    taken: list[Space] = []
    async for space in spaces:
        taken.append(space)
        if len(taken) == count:
            break
    return taken
