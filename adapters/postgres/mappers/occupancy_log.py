"""occupancy_log_row: the columns of `occupancy_logs`."""

from typing import Any

from adapters.postgres.mappers.values import Row
from domain.occupancy import OccupancyLog


def occupancy_log_from(row: Row) -> OccupancyLog:
    """A row of `occupancy_logs`."""
    id_, booking_id, space_id, occupied_at, vacated_at = row
    return OccupancyLog(
        id=id_,
        booking_id=booking_id,
        space_id=space_id,
        occupied_at=occupied_at,
        vacated_at=vacated_at,
    )


def occupancy_log_row(log: OccupancyLog) -> dict[str, Any]:
    """The columns of `occupancy_logs`."""
    return {
        "id": log.id,
        "booking_id": log.booking_id,
        "space_id": log.space_id,
        "occupied_at": log.occupied_at,
        "vacated_at": log.vacated_at,
    }
