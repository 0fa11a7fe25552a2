"""CreateBooking: book a desk or a space for a period."""

from datetime import datetime

from application.audit.audit_recorder import AuditRecorder
from application.bookings.booking_releaser import BookingReleaser
from application.bookings.booking_request import BookingRequest, load_slot, resolve_booking_user
from application.bookings.desk_allocator import DeskAllocator
from application.common.caller import Caller
from application.common.policy import Permission
from application.common.retry import retry_on_conflict
from application.idempotency.idempotent_request import (
    IdempotentRequest,
    ensure_not_processed,
    record_response,
)
from application.mails.enqueue_mail import enqueue_booking_mail
from application.mails.mail import MailType
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.schedules import Slot
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.booking_rules import check_booking_time
from domain.bookings import Booking, BookingStatus
from domain.house import House
from domain.ids import BookingId, InvoiceId, UserId
from domain.period import Period
from domain.reservation import reserve
from domain.schedule import choose_desk


class CreateBooking:
    """Book a free slot at its current price.

    Optimistic: it decides on what it read, and the commit raises `Stale` when that no longer holds,
    because another booking took the desk, the plan was used elsewhere, or the space was changed.
    Then it runs again from its first read. When several callers request the last desk, exactly one
    gets it, and the others get the reason for the refusal.

    A request with a key takes effect once (`application.idempotency`).

    Raises Forbidden when a member sets `user_id`; NotFound for an unknown or inactive space or
    user; the HouseRule that the period breaks; and BookingConflict with alternatives.
    """

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids, house: House
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._ids = ids
        self._audit = AuditRecorder(ids)
        self._desks = DeskAllocator(house)
        self._releaser = BookingReleaser(ids)
        self._house = house

    @retry_on_conflict
    async def __call__(
        self,
        caller: Caller,
        request: BookingRequest,
        idempotency: IdempotentRequest[Booking] | None = None,
    ) -> Booking:
        user_id = resolve_booking_user(caller, request)
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            await ensure_not_processed(uow, idempotency, at=now)
            period = request.period()
            by_admin = caller.may(Permission.MANAGE_ALL_BOOKINGS)
            slot, free_desks = await self._read_slot(uow, request, user_id, now, by_admin=by_admin)
            # The rows of expired holds still block their desks (ADR 2).
            if expired := slot.schedule.expired_holds(period, at=now):
                await self._releaser.expire_all(uow, expired, at=now)
                await uow.commit()
                slot, free_desks = await self._read_slot(
                    uow, request, user_id, now, by_admin=by_admin
                )
            booking = self._reserve(uow, slot, free_desks, period, user_id, request.notes, now)
            self._audit.record(uow, AuditEvent.BOOKING_CREATED, booking.id, by=caller, at=now)
            if booking.status is BookingStatus.CONFIRMED:
                enqueue_booking_mail(uow, MailType.BOOKING_CONFIRMED, booking, at=now)
            record_response(uow, idempotency, booking, at=now)
            await uow.commit()
            return booking

    async def _read_slot(
        self,
        uow: UnitOfWork,
        request: BookingRequest,
        user_id: UserId,
        now: datetime,
        *,
        by_admin: bool,
    ) -> tuple[Slot, list[int]]:
        """Return the slot and its free desks. Raises the HouseRule that the period breaks."""
        period = request.period()
        slot = await load_slot(uow, request.space_id, period, user_id)
        check_booking_time(period, slot.schedule.space, self._house, now=now, by_admin=by_admin)
        return slot, await self._desks.allocate(uow, slot, period, now=now)

    def _reserve(
        self,
        uow: UnitOfWork,
        slot: Slot,
        free_desks: list[int],
        period: Period,
        user_id: UserId,
        notes: str | None,
        now: datetime,
    ) -> Booking:
        booking_id = BookingId(self._ids.new())
        space = slot.schedule.space
        reservation = reserve(
            booking_id=booking_id,
            invoice_id=InvoiceId(self._ids.new()),
            user_id=user_id,
            space=space,
            desk=choose_desk(free_desks, booking_id),
            period=period,
            subscription=None if slot.plan_in_use else slot.subscription,
            notes=notes,
            house=self._house,
            now=now,
        )
        uow.bookings.add(reservation.booking, space=space)
        if reservation.invoice is not None:
            uow.invoices.add(reservation.invoice)
        if reservation.covered_by is not None:
            uow.subscriptions.save(reservation.covered_by)
        return reservation.booking
