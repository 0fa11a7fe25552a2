"""ChangeBooking: move a booking to another time or space, or change its notes."""

from datetime import datetime
from typing import TypedDict

from application.audit.audit_recorder import AuditRecorder
from application.bookings.booking_access import visible_booking
from application.bookings.booking_releaser import BookingReleaser
from application.bookings.booking_request import load_slot
from application.bookings.desk_allocator import DeskAllocator
from application.common.caller import Caller
from application.common.policy import Permission
from application.common.retry import retry_on_conflict
from application.common.versions import check_version
from application.mails.enqueue_mail import enqueue_booking_mail
from application.mails.mail import MailType
from application.payments.supersede_checkouts import supersede_open_checkouts
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.schedules import Slot
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.booking_rules import check_booking_time
from domain.bookings import Booking, BookingStatus
from domain.house import House
from domain.ids import BookingId, InvoiceId, RefundId, SpaceId
from domain.period import Period
from domain.rescheduling import Rescheduling, reschedule
from domain.spaces import Space


class BookingChanges(TypedDict, total=False):
    """The fields to change; times are UTC. A field that is left out keeps its value."""

    start: datetime
    end: datetime
    space_id: SpaceId
    notes: str | None


class ChangeBooking:
    """Change a booking before it begins. Another time or space changes its price.

    Optimistic like CreateBooking, with one difference: an update that waits for another booking's
    slot keeps its row lock, so two bookings that move to each other's slots would deadlock.
    Therefore the spaces that it leaves and enters are locked, always in the same order, before the
    commit: members who swap rooms concurrently wait in turn, and each succeeds or is refused.

    `domain.rescheduling` decides on the money. Raises NotFound for a booking that the caller may
    not see, and for an unknown or inactive space; VersionMismatch when `expected_version` is not
    the current one; InvalidTransition once the booking has begun or ended, or its hold expired; the
    HouseRule that the new period breaks; BookingConflict with alternatives (the booking's own
    current slot does not conflict); and PaymentRequired. Nothing is changed when it raises.
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
        booking_id: BookingId,
        changes: BookingChanges,
        expected_version: int | None = None,
    ) -> Booking:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            booking = visible_booking(await uow.bookings.get(booking_id), caller)
            check_version(booking.version, expected_version)
            booking.check_changeable(at=now)
            space_id = changes.get("space_id", booking.space_id)
            period = Period(
                changes.get("start", booking.period.start), changes.get("end", booking.period.end)
            )
            notes = changes.get("notes", booking.notes)
            if (space_id, period) != (booking.space_id, booking.period):
                changed = await self._move(uow, caller, booking, space_id, period, notes, now)
            elif notes != booking.notes:
                changed = booking.with_notes(notes, at=now)
                uow.bookings.save(changed)
            else:
                return booking
            self._audit.record(
                uow,
                AuditEvent.BOOKING_CHANGED,
                booking_id,
                by=caller,
                at=now,
                fields=sorted(changes),
            )
            await uow.commit()
        return changed

    async def _move(
        self,
        uow: UnitOfWork,
        caller: Caller,
        booking: Booking,
        space_id: SpaceId,
        period: Period,
        notes: str | None,
        now: datetime,
    ) -> Booking:
        by_admin = caller.may(Permission.MANAGE_ALL_BOOKINGS)
        slot, free_desks = await self._read_slot(
            uow, booking, space_id, period, now, by_admin=by_admin
        )
        # The rows of expired holds still block their desks (ADR 2).
        if expired := slot.schedule.expired_holds(period, at=now):
            await self._releaser.expire_all(uow, expired, at=now)
            await uow.commit()
            slot, free_desks = await self._read_slot(
                uow, booking, space_id, period, now, by_admin=by_admin
            )
        space = slot.schedule.space
        rescheduling = reschedule(
            booking,
            (await uow.invoices.of_bookings([booking.id])).get(booking.id),
            space=space,
            free_desks=free_desks,
            period=period,
            notes=notes,
            subscription=None if slot.plan_in_use else slot.subscription,
            invoice_id=InvoiceId(self._ids.new()),
            refund_id=RefundId(self._ids.new()),
            house=self._house,
            now=now,
        )
        if rescheduling.booking.amount != booking.amount:
            await supersede_open_checkouts(uow, booking)
        await uow.lock_spaces({booking.space_id, space_id})
        _register(uow, rescheduling, space)
        _enqueue_mail(uow, booking, rescheduling.booking, at=now)
        return rescheduling.booking

    async def _read_slot(
        self,
        uow: UnitOfWork,
        booking: Booking,
        space_id: SpaceId,
        period: Period,
        now: datetime,
        *,
        by_admin: bool,
    ) -> tuple[Slot, list[int]]:
        """Return the slot and its free desks. Raises the HouseRule that the period breaks there."""
        slot = await load_slot(uow, space_id, period, booking.user_id, ignoring=booking.id)
        check_booking_time(period, slot.schedule.space, self._house, now=now, by_admin=by_admin)
        return slot, await self._desks.allocate(uow, slot, period, now=now, moving=booking.id)


def _enqueue_mail(uow: UnitOfWork, before: Booking, after: Booking, *, at: datetime) -> None:
    """Enqueue the mail about the change; members get none about a booking that is only held."""
    if after.status is not BookingStatus.CONFIRMED:
        return
    was_held = before.status is BookingStatus.PENDING
    mail_type = MailType.BOOKING_CONFIRMED if was_held else MailType.BOOKING_CHANGED
    enqueue_booking_mail(uow, mail_type, after, at=at)


def _register(uow: UnitOfWork, rescheduling: Rescheduling, space: Space) -> None:
    uow.bookings.move(rescheduling.booking, space=space)
    if rescheduling.covered_by is not None:
        uow.subscriptions.save(rescheduling.covered_by)
    if rescheduling.changed_invoice is not None:
        uow.invoices.save(rescheduling.changed_invoice)
    if rescheduling.new_invoice is not None:
        uow.invoices.add(rescheduling.new_invoice)
    if rescheduling.refund is not None:
        uow.refunds.add(rescheduling.refund)
