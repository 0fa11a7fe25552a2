"""DeleteSpace: deactivate a space."""

from collections.abc import Sequence
from datetime import datetime

from application.audit.audit_recorder import AuditRecorder
from application.bookings.booking_releaser import BookingReleaser
from application.common.caller import Caller
from application.common.policy import Permission
from application.common.retry import retry_on_conflict
from application.payments.supersede_checkouts import supersede_open_checkouts
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.bookings import Booking, BookingStatus
from domain.errors import NotFound, SpaceHasBookings
from domain.ids import SpaceId

SPACE_CLOSED = "The space was closed."


class DeleteSpace:
    """Deactivate a space; its history stays, and UpdateSpace can activate it again. Idempotent.

    With `cancel_bookings`, all upcoming bookings are cancelled free of charge. Raises
    SpaceHasBookings, and changes nothing, when there are upcoming bookings and it is not set, or
    when one of them is CHECKED_IN. For admins; raises Forbidden, NotFound.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)
        self._releaser = BookingReleaser(ids)

    @retry_on_conflict
    async def __call__(
        self, caller: Caller, space_id: SpaceId, *, cancel_bookings: bool = False
    ) -> None:
        caller.require(Permission.MANAGE_SPACES)
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            await uow.lock_space(space_id)
            space = await uow.spaces.get(space_id)
            if space is None:
                raise NotFound("There is no such space.")
            if not space.is_active:
                return
            upcoming = await uow.bookings.upcoming(space_id, after=now)
            if not cancel_bookings and not all(
                booking.is_hold_expired(at=now) for booking in upcoming
            ):
                raise SpaceHasBookings("The space has bookings that are still to come.")
            await self._cancel(uow, caller, upcoming, at=now)
            uow.spaces.save(space.deactivated(at=now))
            self._audit.record(uow, AuditEvent.SPACE_DELETED, space_id, by=caller, at=now)
            await uow.commit()

    async def _cancel(
        self, uow: UnitOfWork, caller: Caller, bookings: Sequence[Booking], *, at: datetime
    ) -> None:
        if any(booking.status is BookingStatus.CHECKED_IN for booking in bookings):
            raise SpaceHasBookings("A booking of the space is checked in.")
        invoices = await uow.invoices.of_bookings([booking.id for booking in bookings])
        for booking in bookings:
            await supersede_open_checkouts(uow, booking)
            cancelled = booking.cancelled(at=at, reason=SPACE_CLOSED, by_admin=True)
            self._releaser.release(
                uow, cancelled, invoices.get(booking.id), free_of_charge=True, at=at
            )
            self._audit.record(
                uow,
                AuditEvent.BOOKING_CANCELLED,
                booking.id,
                by=caller,
                at=at,
                occasion="the space was deleted",
            )
