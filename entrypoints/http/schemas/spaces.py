"""Bodies of `/api/spaces`."""

from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from application.spaces.change_spaces import NewSpace, SpaceChanges
from domain.availability import Availability
from domain.money import Money
from domain.spaces import LARGEST_CAPACITY, Space, SpaceType
from domain.tariff import Tariff
from entrypoints.http.fields import Dollars, WeeklyHours
from entrypoints.http.schemas.common import Line, Request, given_fields, plain

Description = Annotated[str, msgspec.Meta(max_length=5000)]
Capacity = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_CAPACITY)]
Amenity = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"\S")]
Amenities = Annotated[list[Amenity], msgspec.Meta(max_length=50)]
Week = dict[str, list[list[str]]]


class CreateSpaceBody(Request, kw_only=True):
    """A new space. At least one rate is set."""

    name: Line
    description: Description = ""
    space_type: SpaceType
    capacity: Capacity
    hourly_rate: Dollars | None = None
    daily_rate: Dollars | None = None
    monthly_rate: Dollars | None = None
    amenities: Amenities = msgspec.field(default_factory=list)
    opening_hours: WeeklyHours | None = None

    def new_space(self) -> NewSpace:
        """What the use case is asked for; raises InvalidValue without any rate."""
        return NewSpace(
            name=self.name,
            description=self.description,
            space_type=self.space_type,
            capacity=self.capacity,
            tariff=Tariff(
                hourly=plain(self.hourly_rate),
                daily=plain(self.daily_rate),
                monthly=plain(self.monthly_rate),
            ),
            amenities=tuple(self.amenities),
            opening_hours=plain(self.opening_hours),
        )


class UpdateSpaceBody(Request, kw_only=True):
    """Changes of a space: a field that is left out stays as it is."""

    name: Line | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    space_type: SpaceType | UnsetType = UNSET
    capacity: Capacity | UnsetType = UNSET
    hourly_rate: Dollars | UnsetType | None = UNSET
    daily_rate: Dollars | UnsetType | None = UNSET
    monthly_rate: Dollars | UnsetType | None = UNSET
    amenities: Amenities | UnsetType = UNSET
    opening_hours: WeeklyHours | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET

    def changes(self) -> SpaceChanges:
        """The fields that were given, by the names that the use case has for them."""
        given = given_fields(self)
        return cast(
            "SpaceChanges", {_NAMES_OF_CHANGES.get(name, name): given[name] for name in given}
        )


_NAMES_OF_CHANGES = {"hourly_rate": "hourly", "daily_rate": "daily", "monthly_rate": "monthly"}


class SpaceBody(msgspec.Struct, frozen=True):
    """A space. Rates are US dollars; `opening_hours` of null means always open."""

    id: UUID
    name: str
    description: str
    space_type: SpaceType
    capacity: int
    hourly_rate: str | None
    daily_rate: str | None
    monthly_rate: str | None
    amenities: tuple[str, ...]
    opening_hours: Week | None
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime


class SpaceTypeCountBody(msgspec.Struct, frozen=True):
    """A type of space, its name for people, and how many active spaces of it there are."""

    space_type: SpaceType
    label: str
    active_spaces: int


class SpaceTypesBody(msgspec.Struct, frozen=True):
    """All types of space."""

    items: list[SpaceTypeCountBody]


class FreePeriodBody(msgspec.Struct, frozen=True):
    """A maximal free period of some desk; `desks_free` counts those free throughout it."""

    start_time: datetime
    end_time: datetime
    desks_free: int


class PeriodBody(msgspec.Struct, frozen=True):
    """A half-open period, `[start_time, end_time)`."""

    start_time: datetime
    end_time: datetime


class AvailabilityBody(msgspec.Struct, frozen=True):
    """When a space is free and busy. `is_available`: the whole window could be booked now."""

    space_id: UUID
    start_time: datetime
    end_time: datetime
    is_available: bool
    free: list[FreePeriodBody]
    busy: list[PeriodBody]


def space_body(space: Space) -> SpaceBody:
    """The space as the contract has it."""
    hours = space.opening_hours
    return SpaceBody(
        id=space.id,
        name=space.name,
        description=space.description,
        space_type=space.space_type,
        capacity=space.capacity,
        hourly_rate=_dollars(space.tariff.hourly),
        daily_rate=_dollars(space.tariff.daily),
        monthly_rate=_dollars(space.tariff.monthly),
        amenities=space.amenities,
        opening_hours=None if hours is None else hours.as_week(),
        is_active=space.is_active,
        version=space.version,
        created_at=space.created_at,
        updated_at=space.updated_at,
    )


def availability_body(space_id: UUID, answer: Availability) -> AvailabilityBody:
    """The availability as the contract has it."""
    return AvailabilityBody(
        space_id=space_id,
        start_time=answer.window.start,
        end_time=answer.window.end,
        is_available=answer.is_available,
        free=[FreePeriodBody(*free) for free in answer.free],
        busy=[PeriodBody(*busy) for busy in answer.busy],
    )


def _dollars(money: Money | None) -> str | None:
    return None if money is None else str(money)
