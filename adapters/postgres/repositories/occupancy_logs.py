"""PostgresOccupancyLogs: implements application.ports.occupancy_logs.OccupancyLogs."""

import sqlalchemy as sa

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import AFFECTED_ROW, Statement, insert_row
from adapters.postgres.mappers.occupancy_log import occupancy_log_from, occupancy_log_row
from adapters.postgres.schema.bookings import occupancy_logs
from domain.ids import BookingId
from domain.occupancy import OccupancyLog

_OF_BOOKING = Statement(
    sa.select(occupancy_logs).where(occupancy_logs.c.booking_id == sa.bindparam("booking_id"))
)
_ADD = insert_row(occupancy_logs)
_SAVE = Statement(
    sa.update(occupancy_logs)
    .values(vacated_at=sa.bindparam("vacated_at"))
    .where(occupancy_logs.c.id == sa.bindparam("id"))
    .returning(AFFECTED_ROW)
)


class PostgresOccupancyLogs:
    """Implements application.ports.occupancy_logs.OccupancyLogs."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session

    async def of_booking(self, booking_id: BookingId) -> OccupancyLog | None:
        row = await self._session.row(_OF_BOOKING, booking_id=booking_id)
        return occupancy_log_from(row) if row else None

    def add(self, log: OccupancyLog) -> None:
        self._session.write(_ADD, occupancy_log_row(log))

    def save(self, log: OccupancyLog) -> None:
        self._session.write(_SAVE, occupancy_log_row(log))
