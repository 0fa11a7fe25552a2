"""OccupancyLogs: the actual stays in spaces, from check-in to check-out."""

from typing import Protocol

from domain.ids import BookingId
from domain.occupancy import OccupancyLog


class OccupancyLogs(Protocol):
    """Reads see committed data; writes take effect with the unit of work's commit."""

    async def of_booking(self, booking_id: BookingId) -> OccupancyLog | None:
        """Return the stay of the booking, which has at most one."""
        ...

    def add(self, log: OccupancyLog) -> None:
        """Store a new stay. The commit raises `Stale` when its booking already has one."""
        ...

    def save(self, log: OccupancyLog) -> None:
        """Store the end of the stay."""
        ...
