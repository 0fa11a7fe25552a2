"""GetSpace: get a space."""

from application.common.caller import Caller
from application.ports.unit_of_work import UnitOfWorkFactory
from application.spaces.space_access import visible_space
from domain.ids import SpaceId
from domain.spaces import Space


class GetSpace:
    """Return a space. Raises NotFound, also for an inactive space unless an admin requests it."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, space_id: SpaceId, caller: Caller | None) -> Space:
        async with self._unit_of_work() as uow:
            space = await uow.spaces.get(space_id)
        return visible_space(space, caller)
