"""CheckIn, CheckOut: somebody arrives at their desk, and leaves it."""

from application.audit import Audit
from application.bookings.find_bookings import visible_booking
from application.caller import Caller
from application.idempotency import KeyedRequest, check_unanswered, note_answer
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from application.retry import retried_when_stale
from domain.audit import AuditEvent
from domain.bookings import Booking
from domain.ids import BookingId, OccupancyLogId
from domain.occupancy import OccupancyLog


class CheckIn:
    """Begin a stay. Raises NotFound, InvalidTransition, OutsideCheckInWindow."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._ids = ids
        self._audit = Audit(ids)

    @retried_when_stale
    async def __call__(
        self,
        caller: Caller,
        booking_id: BookingId,
        keyed: KeyedRequest[Booking] | None = None,
    ) -> Booking:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            await check_unanswered(uow, keyed, at=now)
            booking = visible_booking(await uow.bookings.get(booking_id), caller)
            checked_in = booking.checked_in(at=now)
            uow.bookings.save(checked_in)
            uow.occupancy_logs.add(
                OccupancyLog(
                    id=OccupancyLogId(self._ids.new()),
                    booking_id=booking.id,
                    space_id=booking.space_id,
                    occupied_at=now,
                )
            )
            self._audit.note(uow, AuditEvent.BOOKING_CHECKED_IN, booking_id, by=caller, at=now)
            note_answer(uow, keyed, checked_in, at=now)
            await uow.commit()
        return checked_in


class CheckOut:
    """End a stay; the rest of the slot is free at once. Raises NotFound, InvalidTransition."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = Audit(ids)

    @retried_when_stale
    async def __call__(
        self,
        caller: Caller,
        booking_id: BookingId,
        keyed: KeyedRequest[Booking] | None = None,
    ) -> Booking:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            await check_unanswered(uow, keyed, at=now)
            booking = visible_booking(await uow.bookings.get(booking_id), caller)
            checked_out = booking.checked_out(at=now)
            uow.bookings.save(checked_out)
            log = await uow.occupancy_logs.of_booking(booking_id)
            if log is not None:
                uow.occupancy_logs.save(log.vacated(at=now))
            self._audit.note(uow, AuditEvent.BOOKING_CHECKED_OUT, booking_id, by=caller, at=now)
            note_answer(uow, keyed, checked_out, at=now)
            await uow.commit()
        return checked_out
