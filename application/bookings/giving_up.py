"""Giving a booking up: what that does to its invoice, and to what was paid."""

from collections.abc import Sequence
from datetime import datetime

from application.audit import Audit
from application.mails.note_mail import note_booking_mail
from application.ports.ids import Ids
from application.ports.mailer import Occasion
from application.ports.unit_of_work import UnitOfWork
from domain.audit import AuditEvent
from domain.bookings import PAYMENT_FAILED, Booking
from domain.ids import BookingId, RefundId
from domain.invoices import Invoice, InvoiceStatus
from domain.refunds import Refund


class GivingUp:
    """Notes bookings that were given up in a unit of work, with all that follows."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._audit = Audit(ids)

    def note(
        self,
        uow: UnitOfWork,
        cancelled: Booking,
        invoice: Invoice | None,
        *,
        free_of_charge: bool,
        at: datetime,
    ) -> None:
        """A cancelled or expired booking; its invoice is VOID when nothing is owed any more.

        What was only held is never owed. What was paid stays on its invoice, and goes back as a
        refund, which is due from now on, when giving the booking up is free of charge. Whoever had
        it is written to, also when it was only held: they may not know that it is gone.
        """
        uow.bookings.save(cancelled)
        unpaid = cancelled.lapsed and cancelled.cancel_reason == PAYMENT_FAILED
        occasion = Occasion.BOOKING_UNPAID if unpaid else Occasion.BOOKING_CANCELLED
        note_booking_mail(uow, occasion, cancelled, at=at)
        if free_of_charge and cancelled.to_give_back:
            uow.refunds.add(
                Refund(
                    id=RefundId(self._ids.new()),
                    booking_id=cancelled.id,
                    space_id=cancelled.space_id,
                    amount=cancelled.to_give_back,
                    decided_at=at,
                )
            )
        if invoice is None:
            return
        is_waived = invoice.status is InvoiceStatus.OPEN and free_of_charge
        if is_waived or invoice.status is InvoiceStatus.DRAFT:
            uow.invoices.save(invoice.voided())

    def note_expired(
        self, uow: UnitOfWork, booking: Booking, invoice: Invoice | None, *, at: datetime
    ) -> None:
        """A booking whose hold ran out."""
        self.note(uow, booking.expired(at=at), invoice, free_of_charge=True, at=at)
        self._audit.note_of(
            uow, AuditEvent.BOOKING_EXPIRED, booking.id, actor_id=None, address=None, at=at
        )

    async def clear(self, uow: UnitOfWork, ran_out: Sequence[BookingId], *, at: datetime) -> None:
        """Commit that these holds ran out, where nobody has done so yet.

        Whoever wants their slot has to read it again afterwards, for others may want it as well.
        """
        invoices = await uow.invoices.of_bookings(ran_out)
        for booking_id in ran_out:
            booking = await uow.bookings.get(booking_id)
            if booking is not None and booking.hold_ran_out(at=at):
                self.note_expired(uow, booking, invoices.get(booking_id), at=at)
        await uow.commit()
