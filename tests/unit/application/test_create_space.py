"""CreateSpace: stores a new, active space; for admins."""

import pytest

from domain.errors import (
    Forbidden,
)
from tests.unit.application.new_space import NEW_SPACE
from tests.unit.application.world import World


async def test_a_new_space_is_active_and_has_the_requested_fields(world: World) -> None:
    space = await world.create_space(await world.an_admin(), NEW_SPACE)
    for field in NEW_SPACE.__slots__:
        assert getattr(space, field) == getattr(NEW_SPACE, field)
    assert (space.is_active, space.version) == (True, 1)
    assert space.created_at == space.updated_at == world.clock.now()
    assert await world.space(space) == space


async def test_only_admins_create_spaces(world: World) -> None:
    with pytest.raises(Forbidden):
        await world.create_space(await world.a_caller(), NEW_SPACE)
