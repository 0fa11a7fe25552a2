"""CountSpaceTypes: count the active spaces of each type."""

from application.ports.unit_of_work import UnitOfWorkFactory
from domain.spaces import SpaceType


class CountSpaceTypes:
    """Return every space type with the number of its active spaces, zeros included."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self) -> dict[SpaceType, int]:
        async with self._unit_of_work() as uow:
            counts = await uow.spaces.count_active_by_type()
        return {space_type: counts.get(space_type, 0) for space_type in SpaceType}
