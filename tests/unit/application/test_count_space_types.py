"""CountSpaceTypes: the number of active spaces of each type."""

from application.spaces.update_space import SpaceChanges
from domain.spaces import SpaceType
from tests.unit.application.world import World

INACTIVE: SpaceChanges = {"is_active": False}


async def test_every_type_is_counted_also_without_spaces(world: World) -> None:
    admin = await world.an_admin()
    await world.a_space()
    await world.a_zone(3)
    await world.a_zone(3)
    gone = await world.a_space(space_type=SpaceType.PRIVATE_OFFICE)
    await world.update_space(admin, gone.id, INACTIVE)
    assert await world.count_space_types() == {
        SpaceType.HOT_DESK: 2,
        SpaceType.DEDICATED_DESK: 0,
        SpaceType.PRIVATE_OFFICE: 0,
        SpaceType.MEETING_ROOM: 1,
    }
