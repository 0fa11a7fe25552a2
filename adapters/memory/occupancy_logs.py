"""MemoryOccupancyLogs: stays in memory."""

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from adapters.memory.write_set import WriteSet
from domain.ids import BookingId
from domain.occupancy import OccupancyLog


class MemoryOccupancyLogs:
    """Implements application.ports.occupancy_logs.OccupancyLogs."""

    def __init__(self, state: State, write_set: WriteSet) -> None:
        self._state = state
        self._write_set = write_set

    async def of_booking(self, booking_id: BookingId) -> OccupancyLog | None:
        await checkpoint()
        return self._state.log_by_booking.get(booking_id)

    def add(self, log: OccupancyLog) -> None:
        self._write_set.insert(self._state.occupancy_logs, log)

    def save(self, log: OccupancyLog) -> None:
        self._write_set.replace(self._state.occupancy_logs, log)
