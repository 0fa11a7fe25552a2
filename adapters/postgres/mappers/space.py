"""Spaces and their versions from and to rows."""

from typing import Any

from adapters.postgres.mappers.values import (
    Row,
    cents_value,
    money_from,
    opening_hours_from,
    opening_hours_value,
)
from domain.space_history import SpaceVersion
from domain.spaces import Space, SpaceType
from domain.tariff import Tariff


def space_from(row: Row) -> Space:
    """Return the space of a row of `spaces`."""
    return Space(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        space_type=SpaceType(row["space_type"]),
        capacity=row["capacity"],
        tariff=Tariff(
            hourly=money_from(row["hourly_rate_cents"]),
            daily=money_from(row["daily_rate_cents"]),
            monthly=money_from(row["monthly_rate_cents"]),
        ),
        amenities=tuple(row["amenities"]),
        opening_hours=opening_hours_from(row["opening_hours"]),
        is_active=row["is_active"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def space_row(space: Space) -> dict[str, Any]:
    """Return the columns of `spaces`."""
    return {
        "id": space.id,
        "name": space.name,
        "description": space.description,
        "space_type": space.space_type,
        "capacity": space.capacity,
        "hourly_rate_cents": cents_value(space.tariff.hourly),
        "daily_rate_cents": cents_value(space.tariff.daily),
        "monthly_rate_cents": cents_value(space.tariff.monthly),
        "amenities": list(space.amenities),
        "opening_hours": opening_hours_value(space.opening_hours),
        "is_active": space.is_active,
        "version": space.version,
        "created_at": space.created_at,
        "updated_at": space.updated_at,
    }


def space_version_from(row: Row) -> SpaceVersion:
    """Return the version of a row of `space_history`."""
    return SpaceVersion(
        space_id=row["space_id"],
        version=row["version"],
        since=row["since"],
        desks=row["desks"],
        opening_hours=opening_hours_from(row["opening_hours"]),
        is_active=row["is_active"],
    )


def space_version_row(version: SpaceVersion) -> dict[str, Any]:
    """Return the columns of `space_history`."""
    return {
        "space_id": version.space_id,
        "version": version.version,
        "since": version.since,
        "desks": version.desks,
        "opening_hours": opening_hours_value(version.opening_hours),
        "is_active": version.is_active,
    }
