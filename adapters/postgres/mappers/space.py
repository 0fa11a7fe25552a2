"""space_version_row: the columns of `space_history`."""

import json
from typing import Any

from adapters.postgres.mappers.values import Row, _cents, _hours, _money
from domain.space_history import SpaceVersion
from domain.spaces import Space, SpaceType
from domain.tariff import Tariff


def space_from(row: Row) -> Space:
    """A row of `spaces`."""
    id_, name, description, space_type, capacity, hourly, daily, monthly, *rest = row
    amenities, opening_hours, is_active, version, created_at, updated_at = rest
    return Space(
        id=id_,
        name=name,
        description=description,
        space_type=SpaceType(space_type),
        capacity=capacity,
        tariff=Tariff(hourly=_money(hourly), daily=_money(daily), monthly=_money(monthly)),
        amenities=tuple(amenities),
        opening_hours=_hours(opening_hours),
        is_active=is_active,
        version=version,
        created_at=created_at,
        updated_at=updated_at,
    )


def space_row(space: Space) -> dict[str, Any]:
    """The columns of `spaces`."""
    hours = space.opening_hours
    return {
        "id": space.id,
        "name": space.name,
        "description": space.description,
        "space_type": space.space_type,
        "capacity": space.capacity,
        "hourly_rate_cents": _cents(space.tariff.hourly),
        "daily_rate_cents": _cents(space.tariff.daily),
        "monthly_rate_cents": _cents(space.tariff.monthly),
        "amenities": list(space.amenities),
        "opening_hours": None if hours is None else json.dumps(hours.as_week()),
        "is_active": space.is_active,
        "version": space.version,
        "created_at": space.created_at,
        "updated_at": space.updated_at,
    }


def space_version_from(row: Row) -> SpaceVersion:
    """A row of `space_history`."""
    space_id, version, since, desks, opening_hours, is_active = row
    return SpaceVersion(
        space_id=space_id,
        version=version,
        since=since,
        desks=desks,
        opening_hours=_hours(opening_hours),
        is_active=is_active,
    )


def space_version_row(version: SpaceVersion) -> dict[str, Any]:
    """The columns of `space_history`."""
    hours = version.opening_hours
    return {
        "space_id": version.space_id,
        "version": version.version,
        "since": version.since,
        "desks": version.desks,
        "opening_hours": None if hours is None else json.dumps(hours.as_week()),
        "is_active": version.is_active,
    }
