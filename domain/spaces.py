"""Space: a bookable room or zone, booked as a whole or by the desk."""

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
    """A space of the house. A HOT_DESK space is a zone of `capacity` desks, booked separately.

    Any other is booked as a whole, and its capacity is the number of seats. `opening_hours` of None
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
        """Return the number of bookings that can overlap; desks are numbered from 1 to it."""
        return self.capacity if self.space_type is SpaceType.HOT_DESK else 1

    def changed(self, *, at: datetime, **changes: Any) -> Self:
        """Return the space with those fields changed. Raises InvalidValue as a new space does."""
        return replace(self, **changes, version=self.version + 1, updated_at=at)

    def deactivated(self, *, at: datetime) -> Self:
        """Return the space after a soft delete: it has its history and is no longer bookable."""
        return self.changed(at=at, is_active=False)
