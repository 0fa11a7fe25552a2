"""CheckOut: check out of a booking, which ends the stay."""

from application.audit.audit_recorder import AuditRecorder
from application.bookings.booking_access import visible_booking
from application.common.caller import Caller
from application.common.retry import retry_on_conflict
from application.idempotency.idempotent_request import (
    IdempotentRequest,
    ensure_not_processed,
    record_response,
)
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.bookings import Booking
from domain.ids import BookingId


class CheckOut:
    """Check out of a booking, and free the rest of its slot. Raises NotFound, InvalidTransition."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)

    @retry_on_conflict
    async def __call__(
        self,
        caller: Caller,
        booking_id: BookingId,
        idempotency: IdempotentRequest[Booking] | None = None,
    ) -> Booking:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            await ensure_not_processed(uow, idempotency, at=now)
            booking = visible_booking(await uow.bookings.get(booking_id), caller)
            checked_out = booking.checked_out(at=now)
            uow.bookings.save(checked_out)
            log = await uow.occupancy_logs.of_booking(booking_id)
            if log is not None:
                uow.occupancy_logs.save(log.vacated(at=now))
            self._audit.record(uow, AuditEvent.BOOKING_CHECKED_OUT, booking_id, by=caller, at=now)
            record_response(uow, idempotency, checked_out, at=now)
            await uow.commit()
        return checked_out
