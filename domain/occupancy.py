"""OccupancyLog: when somebody really was in a space, from check-in to check-out."""

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
            raise ValueError("Nobody leaves before they came.")

    def vacated(self, *, at: datetime) -> Self:
        """The stay, ended; a clock that was set back meanwhile makes it one of no length."""
        return replace(self, vacated_at=max(at, self.occupied_at))
