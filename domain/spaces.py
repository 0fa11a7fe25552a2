"""Space: what can be booked, whole or desk by desk."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from domain.errors import InvalidValue
from domain.ids import SpaceId
from domain.opening_hours import OpeningHours
from domain.tariff import Tariff

MAX_CAPACITY = 1_000


class SpaceType(StrEnum):
    """Type of a space. HOT_DESK spaces are booked by the desk, all others as a whole."""

    HOT_DESK = "HOT_DESK"
    DEDICATED_DESK = "DEDICATED_DESK"
    PRIVATE_OFFICE = "PRIVATE_OFFICE"
    MEETING_ROOM = "MEETING_ROOM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """A space of the house. A HOT_DESK space is a zone of `capacity` desks, each booked by itself.

    Any other is booked whole, and its capacity is how many people it seats. `opening_hours` of None
    means always open. `version` counts the changes, from 1.
    """

    id: SpaceId
    name: str
    description: str
    space_type: SpaceType
    capacity: int
    tariff: Tariff
    amenities: tuple[str, ...]
    opening_hours: OpeningHours | None
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime

    def __post_init__(self) -> None:
        if not 1 <= self.capacity <= MAX_CAPACITY:
            raise InvalidValue(f"Expected 1 to {MAX_CAPACITY}.", field="capacity")

    @property
    def desks(self) -> int:
        """How many bookings can overlap: desks are numbered from 1 to this."""
        return self.capacity if self.space_type is SpaceType.HOT_DESK else 1

    def changed(self, *, at: datetime, **changes: Any) -> Self:
        """The space with those fields changed; raises InvalidValue as a new space would."""
        return replace(self, **changes, version=self.version + 1, updated_at=at)

    def deactivated(self, *, at: datetime) -> Self:
        """The space as it is after a soft delete: kept for its history, no longer bookable."""
        return self.changed(at=at, is_active=False)
