"""Occupancy logs from and to rows of `occupancy_logs`."""

from typing import Any

from adapters.postgres.mappers.values import Row
from domain.occupancy import OccupancyLog


def occupancy_log_from(row: Row) -> OccupancyLog:
    """Return the log of a row of `occupancy_logs`."""
    return OccupancyLog(
        id=row["id"],
        booking_id=row["booking_id"],
        space_id=row["space_id"],
        occupied_at=row["occupied_at"],
        vacated_at=row["vacated_at"],
    )


def occupancy_log_row(log: OccupancyLog) -> dict[str, Any]:
    """Return the columns of `occupancy_logs`."""
    return {
        "id": log.id,
        "booking_id": log.booking_id,
        "space_id": log.space_id,
        "occupied_at": log.occupied_at,
        "vacated_at": log.vacated_at,
    }
