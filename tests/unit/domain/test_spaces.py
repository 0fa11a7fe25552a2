"""Space: how many bookings it takes at once, and what changing it does."""

import pytest

from domain.errors import InvalidValue
from domain.spaces import MAX_CAPACITY, SpaceType
from tests.entities import MONDAY, a_space, a_zone
from tests.unit.domain.worlds import HOUR


@pytest.mark.parametrize("capacity", [1, 10, MAX_CAPACITY])
@pytest.mark.parametrize("space_type", SpaceType)
def test_only_a_hot_desk_zone_has_as_many_desks_as_its_capacity(
    space_type: SpaceType, capacity: int
) -> None:
    space = a_space(space_type=space_type, capacity=capacity)
    assert space.desks == (capacity if space_type is SpaceType.HOT_DESK else 1)


@pytest.mark.parametrize("capacity", [0, -1, MAX_CAPACITY + 1, 2**63])
def test_a_capacity_has_its_limits(capacity: int) -> None:
    with pytest.raises(InvalidValue) as refusal:
        a_zone(capacity)
    assert refusal.value.field == "capacity"


def test_a_change_counts_the_version_and_keeps_the_rest() -> None:
    space = a_space()
    changed = space.changed(at=MONDAY + HOUR, name="Attic", capacity=8)
    assert (changed.name, changed.capacity, changed.version) == ("Attic", 8, space.version + 1)
    assert (changed.updated_at, changed.created_at) == (MONDAY + HOUR, space.created_at)
    assert (changed.id, changed.tariff, space.name) == (space.id, space.tariff, "Harbour room")


def test_a_change_has_to_make_a_sound_space() -> None:
    with pytest.raises(InvalidValue):
        a_space().changed(at=MONDAY, capacity=0)


def test_a_deleted_space_is_kept_and_no_longer_active() -> None:
    gone = a_space().deactivated(at=MONDAY + HOUR)
    assert (gone.is_active, gone.version) == (False, 2)
