"""OccupancyLog: an actual stay in a space, from check-in to check-out."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from domain.ids import BookingId, OccupancyLogId, SpaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class OccupancyLog:
    """One stay. `vacated_at` is None while it lasts."""

    id: OccupancyLogId
    booking_id: BookingId
    space_id: SpaceId
    occupied_at: datetime
    vacated_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.vacated_at is not None and self.vacated_at < self.occupied_at:
            raise ValueError("A stay cannot end before it starts.")

    def vacated(self, *, at: datetime) -> Self:
        """Return the ended stay. Its length is zero if the clock was set back before its start."""
        return replace(self, vacated_at=max(at, self.occupied_at))
