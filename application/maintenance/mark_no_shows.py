"""MarkNoShows: mark confirmed bookings without a check-in as no-shows."""

from collections.abc import Sequence

from application.audit.audit_recorder import AuditRecorder
from application.maintenance.batches import BATCH, run_in_batches
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.bookings import Booking
from domain.house import House


class MarkNoShows:
    """Mark confirmed bookings that had no check-in in time as no-shows, one commit for each."""

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids, house: House
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)
        self._grace = house.no_show_grace

    async def __call__(self) -> int:
        """Return the number of no-shows marked."""
        return await run_in_batches(self._batch, self._mark)

    async def _batch(self) -> Sequence[Booking]:
        async with self._unit_of_work() as uow:
            return await uow.bookings.due_no_shows(
                at=self._clock.now(), grace=self._grace, limit=BATCH
            )

    async def _mark(self, booking: Booking) -> None:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            uow.bookings.save(booking.marked_no_show(at=now, grace=self._grace))
            self._audit.record_entry(
                uow, AuditEvent.BOOKING_NO_SHOW, booking.id, actor_id=None, address=None, at=now
            )
            await uow.commit()
