"""ConfirmBooking: an admin confirms an offline payment of a held booking."""

from application.audit.audit_recorder import AuditRecorder
from application.bookings.booking_access import visible_booking
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
from application.payments.supersede_checkouts import supersede_open_checkouts
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.bookings import Booking
from domain.ids import BookingId, LedgerEntryId
from domain.ledger import EntryKind, LedgerEntry


class ConfirmBooking:
    """Confirm a PENDING booking that was paid in full outside the provider.

    Its invoice becomes PAID. A booking whose hold expired can be confirmed as long as it is
    PENDING, because its slot cannot be taken before it is released. For admins; raises Forbidden,
    NotFound, InvalidTransition.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._ids = ids
        self._audit = AuditRecorder(ids)

    @retry_on_conflict
    async def __call__(
        self,
        caller: Caller,
        booking_id: BookingId,
        idempotency: IdempotentRequest[Booking] | None = None,
    ) -> Booking:
        caller.require(Permission.MANAGE_ALL_BOOKINGS)
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            await ensure_not_processed(uow, idempotency, at=now)
            booking = visible_booking(await uow.bookings.get(booking_id), caller)
            confirmed = booking.paid_and_confirmed(at=now)
            await supersede_open_checkouts(uow, booking)
            uow.bookings.save(confirmed)
            invoice = (await uow.invoices.of_bookings([booking_id])).get(booking_id)
            if invoice is not None:
                uow.invoices.save(invoice.paid(at=now))
            if booking.amount:
                uow.ledger.add(
                    LedgerEntry(
                        id=LedgerEntryId(self._ids.new()),
                        kind=EntryKind.OFFLINE_PAYMENT,
                        user_id=booking.user_id,
                        booking_id=booking.id,
                        space_id=booking.space_id,
                        subscription_id=None,
                        invoice_id=invoice.id if invoice else None,
                        payment_id=None,
                        amount=booking.amount,
                        occurred_at=now,
                        source=f"confirmed:{booking.id}",
                    )
                )
            self._audit.record(uow, AuditEvent.BOOKING_CONFIRMED, booking_id, by=caller, at=now)
            enqueue_booking_mail(uow, MailType.BOOKING_CONFIRMED, confirmed, at=now)
            record_response(uow, idempotency, confirmed, at=now)
            await uow.commit()
        return confirmed
