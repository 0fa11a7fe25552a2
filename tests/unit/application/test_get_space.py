"""GetSpace: active spaces are public, inactive ones visible to admins."""

import pytest

from application.spaces.update_space import SpaceChanges
from domain.errors import NotFound
from domain.ids import SpaceId
from tests.entities import IDS
from tests.unit.application.world import World

INACTIVE: SpaceChanges = {"is_active": False}


async def test_an_active_space_is_public(world: World) -> None:
    space = await world.a_space()
    assert await world.get_space(space.id, None) == space
    assert await world.get_space(space.id, await world.a_caller()) == space


async def test_an_inactive_space_is_visible_to_admins_only(world: World) -> None:
    admin = await world.an_admin()
    space = await world.update_space(admin, (await world.a_space()).id, INACTIVE)
    assert await world.get_space(space.id, admin) == space
    for other in (None, await world.a_caller()):
        with pytest.raises(NotFound):
            await world.get_space(space.id, other)


async def test_an_unknown_space_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        await world.get_space(SpaceId(IDS.new()), await world.an_admin())
