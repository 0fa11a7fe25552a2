"""CancelBooking: cancel a booking and release its slot."""

from dataclasses import dataclass

from application.audit.audit_recorder import AuditRecorder
from application.bookings.booking_access import visible_booking
from application.bookings.booking_releaser import BookingReleaser
from application.common.caller import Caller
from application.common.policy import Permission
from application.common.retry import retry_on_conflict
from application.idempotency.idempotent_request import (
    IdempotentRequest,
    ensure_not_processed,
    record_response,
)
from application.payments.supersede_checkouts import supersede_open_checkouts
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.bookings import Booking
from domain.cancellation import RefundChoice, is_free_of_charge
from domain.errors import Forbidden
from domain.house import House
from domain.ids import BookingId


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """The reason and, for admins only, the refund. None applies the policy of the house."""

    reason: str | None = None
    refund: RefundChoice | None = None


class CancelBooking:
    """Cancel a booking. Its slot is free immediately, and its refund is due.

    Raises NotFound; Forbidden when a member sets the refund; InvalidTransition; and BookingStarted
    when a member cancels after the start.
    """

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids, house: House
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)
        self._releaser = BookingReleaser(ids)
        self._house = house

    @retry_on_conflict
    async def __call__(
        self,
        caller: Caller,
        booking_id: BookingId,
        cancellation: Cancellation,
        idempotency: IdempotentRequest[Booking] | None = None,
    ) -> Booking:
        now = self._clock.now()
        by_admin = caller.may(Permission.MANAGE_ALL_BOOKINGS)
        async with self._unit_of_work() as uow:
            await ensure_not_processed(uow, idempotency, at=now)
            booking = visible_booking(await uow.bookings.get(booking_id), caller)
            if cancellation.refund is not None and not by_admin:
                raise Forbidden("Only an administrator may decide on the refund.")
            cancelled = booking.cancelled(at=now, reason=cancellation.reason, by_admin=by_admin)
            free_of_charge = is_free_of_charge(
                booking,
                at=now,
                choice=cancellation.refund or RefundChoice.POLICY,
                free_cancellation=self._house.free_cancellation,
            )
            await supersede_open_checkouts(uow, booking)
            invoices = await uow.invoices.of_bookings([booking_id])
            self._releaser.release(
                uow, cancelled, invoices.get(booking_id), free_of_charge=free_of_charge, at=now
            )
            choice = {"refund": cancellation.refund.value} if cancellation.refund else {}
            self._audit.record(
                uow, AuditEvent.BOOKING_CANCELLED, booking_id, by=caller, at=now, **choice
            )
            record_response(uow, idempotency, cancelled, at=now)
            await uow.commit()
        return cancelled
