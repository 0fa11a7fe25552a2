"""BookingReleaser: releases the slot of a booking within a use case."""

from collections.abc import Sequence
from datetime import datetime

from application.audit.audit_recorder import AuditRecorder
from application.mails.enqueue_mail import enqueue_booking_mail
from application.mails.mail import MailType
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWork
from domain.audit import AuditEvent
from domain.bookings import Booking
from domain.cancellation import release
from domain.ids import BookingId, RefundId
from domain.invoices import Invoice


class BookingReleaser:
    """Registers released bookings, their refunds, invoices and mails. Does not commit."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._audit = AuditRecorder(ids)

    def release(
        self,
        uow: UnitOfWork,
        cancelled: Booking,
        invoice: Invoice | None,
        *,
        free_of_charge: bool,
        at: datetime,
    ) -> None:
        """Register a booking that was cancelled or lapsed, as `domain.cancellation` decides.

        Enqueues a mail in every case, because the member may not know that a hold is gone.
        """
        released = release(
            cancelled,
            invoice,
            free_of_charge=free_of_charge,
            refund_id=RefundId(self._ids.new()),
            now=at,
        )
        uow.bookings.save(released.booking)
        if released.refund is not None:
            uow.refunds.add(released.refund)
        if released.voided_invoice is not None:
            uow.invoices.save(released.voided_invoice)
        mail_type = (
            MailType.BOOKING_UNPAID if released.payment_failed else MailType.BOOKING_CANCELLED
        )
        enqueue_booking_mail(uow, mail_type, released.booking, at=at)

    def expire(
        self, uow: UnitOfWork, booking: Booking, invoice: Invoice | None, *, at: datetime
    ) -> None:
        """Register a booking whose hold expired. Raises InvalidTransition while the hold lasts."""
        self.lapse(uow, booking.expired(at=at), invoice, at=at)

    def lapse(
        self, uow: UnitOfWork, lapsed: Booking, invoice: Invoice | None, *, at: datetime
    ) -> None:
        """Register a held booking that lapsed because it was not paid."""
        self.release(uow, lapsed, invoice, free_of_charge=True, at=at)
        self._audit.record_without_caller(
            uow, AuditEvent.BOOKING_EXPIRED, lapsed.id, actor_id=None, address=None, at=at
        )

    async def expire_all(
        self, uow: UnitOfWork, booking_ids: Sequence[BookingId], *, at: datetime
    ) -> None:
        """Register the bookings among these that are still PENDING with an expired hold.

        An expired hold does not block a desk, but its row does. So the caller commits this before
        it takes the desk, and then reads the slot again, because other requests compete for it.
        """
        invoices = await uow.invoices.of_bookings(booking_ids)
        for booking_id in booking_ids:
            booking = await uow.bookings.get(booking_id)
            if booking is not None and booking.is_hold_expired(at=at):
                self.expire(uow, booking, invoices.get(booking_id), at=at)
