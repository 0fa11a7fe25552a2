"""OccupancyLogs: who was where, from check-in to check-out."""

from typing import Protocol

from domain.ids import BookingId
from domain.occupancy import OccupancyLog


class OccupancyLogs(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def of_booking(self, booking_id: BookingId) -> OccupancyLog | None:
        """The stay that belongs to that booking; a booking has at most one."""
        ...

    def add(self, log: OccupancyLog) -> None:
        """Store a new stay. The commit is Stale when its booking has one already."""
        ...

    def save(self, log: OccupancyLog) -> None:
        """Store how the stay ended."""
        ...
