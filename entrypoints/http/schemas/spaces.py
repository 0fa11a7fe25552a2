"""Request and response bodies of `/api/spaces`."""

from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from application.spaces.create_space import NewSpace
from application.spaces.update_space import SpaceChanges
from domain.availability import Availability
from domain.money import Money
from domain.spaces import MAX_CAPACITY, Space, SpaceType
from domain.tariff import Tariff
from entrypoints.http.fields import Dollars, WeeklyHours
from entrypoints.http.schemas.common import Line, Request, plain, set_fields

Description = Annotated[str, Meta(max_length=5000)]
Capacity = Annotated[
    int,
    Meta(
        ge=1,
        le=MAX_CAPACITY,
        description=(
            "Number of desks of a HOT_DESK zone. For other types, the number of people that the "
            "space seats."
        ),
    ),
]
Amenity = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")]
Amenities = Annotated[
    list[Amenity],
    Meta(max_length=50, description="Amenities, in any words.", examples=[["screen"]]),
]
Week = dict[str, list[list[str]]]
_NO_RATE = "The price calculation skips a rate that is null."
_OPENING_HOURS = (
    "Opening intervals of each weekday, as wall-clock times in the house's time zone; `24:00` is "
    "the end of the day. A day that is left out is closed. Null: always open."
)


class CreateSpaceBody(Request, kw_only=True):
    """A new space. It needs at least one rate."""

    name: Annotated[Line, Meta(description="Name, on one line.")]
    description: Annotated[Description, Meta(description="Description. Default: empty.")] = ""
    space_type: Annotated[SpaceType, Meta(description="Type of the space.")]
    capacity: Capacity
    hourly_rate: Annotated[
        Dollars | None, Meta(description=f"Price per hour, in US dollars. {_NO_RATE}")
    ] = None
    daily_rate: Annotated[
        Dollars | None, Meta(description=f"Price per day, in US dollars. {_NO_RATE}")
    ] = None
    monthly_rate: Annotated[
        Dollars | None, Meta(description=f"Price per month, in US dollars. {_NO_RATE}")
    ] = None
    amenities: Amenities = msgspec.field(default_factory=list)
    opening_hours: Annotated[WeeklyHours | None, Meta(description=_OPENING_HOURS)] = None

    def new_space(self) -> NewSpace:
        """Return the space in the application's terms. Raises InvalidValue without any rate."""
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
    """Changes to a space. Fields that are left out do not change."""

    name: Annotated[Line, Meta(description="Name, on one line.")] | UnsetType = UNSET
    description: Annotated[Description, Meta(description="Description.")] | UnsetType = UNSET
    space_type: Annotated[SpaceType | UnsetType, Meta(description="Type of the space.")] = UNSET
    capacity: Capacity | UnsetType = UNSET
    hourly_rate: Annotated[
        Dollars | UnsetType | None,
        Meta(description="Price per hour, in US dollars. Null removes the rate."),
    ] = UNSET
    daily_rate: Annotated[
        Dollars | UnsetType | None,
        Meta(description="Price per day, in US dollars. Null removes the rate."),
    ] = UNSET
    monthly_rate: Annotated[
        Dollars | UnsetType | None,
        Meta(description="Price per month, in US dollars. Null removes the rate."),
    ] = UNSET
    amenities: Amenities | UnsetType = UNSET
    opening_hours: Annotated[WeeklyHours | UnsetType | None, Meta(description=_OPENING_HOURS)] = (
        UNSET
    )
    is_active: Annotated[
        bool | UnsetType,
        Meta(description="Whether the space can be booked. Admins can still see inactive spaces."),
    ] = UNSET

    def changes(self) -> SpaceChanges:
        """Return the fields to change, by the application's names."""
        fields = set_fields(self)
        renamed = {_APPLICATION_NAMES.get(name, name): value for name, value in fields.items()}
        return cast("SpaceChanges", renamed)


_APPLICATION_NAMES = {"hourly_rate": "hourly", "daily_rate": "daily", "monthly_rate": "monthly"}


class SpaceBody(msgspec.Struct, frozen=True):
    """A space that can be booked."""

    id: Annotated[UUID, Meta(description="ID of the space, a UUIDv7.")]
    name: Annotated[str, Meta(description="Name.")]
    description: Annotated[str, Meta(description="Description. May be empty.")]
    space_type: Annotated[SpaceType, Meta(description="Type of the space.")]
    capacity: Annotated[
        int,
        Meta(
            description=(
                "Number of desks of a HOT_DESK zone, each of which can be booked. For other types, "
                "the number of people that the space seats; it is booked as a whole."
            )
        ),
    ]
    hourly_rate: Annotated[
        str | None,
        Meta(
            description="Price per hour, in US dollars. Null if there is no hourly rate.",
            examples=["18.00"],
        ),
    ]
    daily_rate: Annotated[
        str | None,
        Meta(
            description="Price per day, in US dollars. Null if there is no daily rate.",
            examples=["110.00"],
        ),
    ]
    monthly_rate: Annotated[
        str | None,
        Meta(
            description="Price per month, in US dollars. Null if there is no monthly rate.",
            examples=["1800.00"],
        ),
    ]
    amenities: Annotated[
        tuple[str, ...], Meta(description="Amenities.", examples=[["screen", "whiteboard"]])
    ]
    opening_hours: Annotated[
        Week | None,
        Meta(description=_OPENING_HOURS, examples=[{"monday": [["09:00", "18:00"]]}]),
    ]
    is_active: Annotated[bool, Meta(description="Whether the space can be booked.")]
    version: Annotated[
        int, Meta(description="Increases with each change. `ETag` carries the same number.")
    ]
    created_at: Annotated[datetime, Meta(description="Time of creation, in UTC.")]
    updated_at: Annotated[datetime, Meta(description="Time of the last change, in UTC.")]


class SpaceTypeCountBody(msgspec.Struct, frozen=True):
    """A type of space, and how many spaces of it are active."""

    space_type: Annotated[SpaceType, Meta(description="Type of space.")]
    label: Annotated[str, Meta(description="Display name.", examples=["Meeting room"])]
    active_spaces: Annotated[int, Meta(description="Number of active spaces of this type.")]


class SpaceTypesBody(msgspec.Struct, frozen=True):
    """All types of space."""

    items: Annotated[
        list[SpaceTypeCountBody], Meta(description="The types, also those without any space.")
    ]


class FreePeriodBody(msgspec.Struct, frozen=True):
    """A period in which at least one desk is free."""

    start_time: Annotated[datetime, Meta(description="Start of the period, in UTC.")]
    end_time: Annotated[datetime, Meta(description="End of the period (exclusive), in UTC.")]
    desks_free: Annotated[
        int, Meta(description="Number of desks that are free for the whole period.")
    ]


class PeriodBody(msgspec.Struct, frozen=True):
    """A half-open period, `[start_time, end_time)`."""

    start_time: Annotated[datetime, Meta(description="Start of the period, in UTC.")]
    end_time: Annotated[datetime, Meta(description="End of the period (exclusive), in UTC.")]


class AvailabilityBody(msgspec.Struct, frozen=True):
    """The free and busy periods of a space within a window."""

    space_id: Annotated[UUID, Meta(description="ID of the space.")]
    start_time: Annotated[datetime, Meta(description="Start of the window, in UTC.")]
    end_time: Annotated[datetime, Meta(description="End of the window (exclusive), in UTC.")]
    is_available: Annotated[
        bool,
        Meta(description="Whether a booking of exactly this window would be accepted now."),
    ]
    free: Annotated[
        list[FreePeriodBody],
        Meta(
            description=(
                "For each desk, its longest free periods within opening hours, from now on. Desks "
                "with the same period share an entry; entries may overlap. Ordered by start, then "
                "end."
            )
        ),
    ]
    busy: Annotated[
        list[PeriodBody],
        Meta(description="Periods within opening hours in which no desk is free."),
    ]


def space_body(space: Space) -> SpaceBody:
    """Return the response body for a space."""
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


def availability_body(space_id: UUID, availability: Availability) -> AvailabilityBody:
    """Return the response body for the availability of a space."""
    return AvailabilityBody(
        space_id=space_id,
        start_time=availability.window.start,
        end_time=availability.window.end,
        is_available=availability.is_available,
        free=[FreePeriodBody(*free) for free in availability.free],
        busy=[PeriodBody(*busy) for busy in availability.busy],
    )


def _dollars(money: Money | None) -> str | None:
    return None if money is None else str(money)
