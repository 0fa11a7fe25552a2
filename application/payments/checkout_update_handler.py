"""CheckoutUpdateHandler: what follows when the provider reports the state of a checkout."""

import logging
from datetime import datetime

from application.audit.audit_recorder import AuditRecorder
from application.bookings.booking_releaser import BookingReleaser
from application.mails.enqueue_mail import enqueue_booking_mail
from application.mails.mail import MailType
from application.payments.payment_ledger import PaymentLedger
from application.ports.ids import Ids
from application.ports.payment_gateway import CURRENCY, CheckoutSnapshot, PaymentStatus
from application.ports.unit_of_work import Stale, UnitOfWork
from domain.audit import AuditEvent
from domain.bookings import CHECKOUT_EXPIRED, PAYMENT_FAILED, Booking, BookingStatus
from domain.checkouts import UNSETTLED_STATUSES, Checkout, CheckoutStatus
from domain.house import House
from domain.ids import CheckoutId, RefundId
from domain.invoices import Invoice, InvoiceStatus
from domain.money import ZERO, Money
from domain.schedule import Schedule
from domain.settlement import (
    Payment,
    ReturnedPayment,
    Settlement,
    can_be_reinstated,
    settle_payment,
)
from domain.spaces import Space

_log = logging.getLogger(__name__)


class CheckoutUpdateHandler:
    """Registers the state of a checkout in a unit of work, with all that follows.

    Webhook events and reconciliation both lead here, with the same effect.
    """

    def __init__(self, ids: Ids, house: House) -> None:
        self._ids = ids
        self._audit = AuditRecorder(ids)
        self._releaser = BookingReleaser(ids)
        self._ledger = PaymentLedger(ids)
        self._house = house

    async def handle(self, uow: UnitOfWork, snapshot: CheckoutSnapshot, *, at: datetime) -> None:
        """Advance the checkout to the snapshot's status; an older status changes nothing."""
        checkout = snapshot.checkout_id and await uow.checkouts.get(
            CheckoutId(snapshot.checkout_id)
        )
        if not checkout:
            _log.warning("Session %s belongs to no stored checkout.", snapshot.session_id)
            return
        if snapshot.status is PaymentStatus.OPEN:
            return
        status = CheckoutStatus(snapshot.status)
        if status is not CheckoutStatus.PAID and _is_duplicate_page(checkout, snapshot):
            return
        if status is CheckoutStatus.PAID and not _is_as_requested(checkout, snapshot):
            _log.error("Checkout %s was paid in another amount or currency.", checkout.id)
            return
        advanced = checkout.advanced_to(
            status,
            session_id=snapshot.session_id,
            provider_subscription_id=snapshot.subscription_id,
        )
        if (advanced.status, advanced.provider_subscription_id) == (
            checkout.status,
            checkout.provider_subscription_id,
        ):
            return
        if checkout.booking_id is not None:
            await self._update_booking(uow, checkout, advanced.status, snapshot, at)
        uow.checkouts.save(advanced)

    async def _update_booking(
        self,
        uow: UnitOfWork,
        checkout: Checkout,
        status: CheckoutStatus,
        snapshot: CheckoutSnapshot,
        at: datetime,
    ) -> None:
        booking = checkout.booking_id and await uow.bookings.get(checkout.booking_id)
        if not booking:
            return
        match status:
            case CheckoutStatus.PAID:
                payment_id = snapshot.payment_id or snapshot.session_id
                await self._settle(uow, booking, payment_id, checkout.amount or ZERO, at)
            case CheckoutStatus.PROCESSING if booking.status is BookingStatus.PENDING:
                held = booking.held_until(checkout.hold_while_processing, at=at)
                if held is not booking:
                    uow.bookings.save(held)
            case CheckoutStatus.EXPIRED:
                await self._lapse(uow, booking, checkout, CHECKOUT_EXPIRED, at)
            case CheckoutStatus.FAILED:
                await self._lapse(uow, booking, checkout, PAYMENT_FAILED, at)
            case _:
                pass

    async def _lapse(
        self, uow: UnitOfWork, booking: Booking, checkout: Checkout, reason: str, at: datetime
    ) -> None:
        """Release a held booking, unless it can still be paid by another checkout."""
        checkouts = await uow.checkouts.of_booking(booking.id)
        is_payable = any(
            other.id != checkout.id
            and other.status in UNSETTLED_STATUSES - {CheckoutStatus.SUPERSEDED}
            for other in checkouts
        )
        is_superseded = checkout.status is CheckoutStatus.SUPERSEDED
        if booking.status is not BookingStatus.PENDING or is_payable or is_superseded:
            return
        invoice = (await uow.invoices.of_bookings([booking.id])).get(booking.id)
        self._releaser.lapse(uow, booking.payment_lapsed(reason, at=at), invoice, at=at)

    async def _settle(
        self, uow: UnitOfWork, booking: Booking, payment_id: str, amount: Money, at: datetime
    ) -> None:
        """Register a payment and what `domain.settlement` decides that it does."""
        if await uow.ledger.of_source(payment_id) is not None:
            return
        invoice = (await uow.invoices.of_bookings([booking.id])).get(booking.id)
        if _is_paid_meanwhile(booking, invoice):
            raise Stale("The booking was paid between the reads of it and of its invoice.")
        schedule = await self._schedule_to_reinstate(uow, booking, amount, at)
        payment = await self._ledger.new_payment(uow, payment_id, amount)
        outcome = settle_payment(
            booking,
            invoice,
            payment,
            free_desks=schedule.free_desks(booking.period, at=at) if schedule else [],
            refund_id=RefundId(self._ids.new()),
            house=self._house,
            now=at,
        )
        if isinstance(outcome, ReturnedPayment):
            self._return(uow, outcome, payment, at)
        else:
            await self._apply(uow, outcome, payment, schedule.space if schedule else None, at)

    def _return(
        self, uow: UnitOfWork, returned: ReturnedPayment, payment: Payment, at: datetime
    ) -> None:
        booking = returned.booking
        self._ledger.post_charge(
            uow,
            payment,
            user_id=booking.user_id,
            booking_id=booking.id,
            space_id=booking.space_id,
            invoice_id=None,
            charged_at=at,
            at=at,
        )
        uow.bookings.save(booking)
        uow.refunds.add(returned.refund)
        # The mail about a cancellation did not mention this refund.
        enqueue_booking_mail(uow, MailType.BOOKING_CANCELLED, booking, at=at)

    async def _apply(
        self,
        uow: UnitOfWork,
        settlement: Settlement,
        payment: Payment,
        space: Space | None,
        at: datetime,
    ) -> None:
        booking, invoice = settlement.booking, settlement.invoice
        self._ledger.post_charge(
            uow,
            payment,
            user_id=booking.user_id,
            booking_id=booking.id,
            space_id=booking.space_id,
            invoice_id=invoice.id if invoice else None,
            refunded=settlement.refunded,
            charged_at=at,
            at=at,
        )
        if settlement.is_reinstatement and space is not None:
            await uow.lock_spaces({space.id})
            uow.bookings.move(booking, space=space)
        else:
            uow.bookings.save(booking)
        if invoice is not None:
            uow.invoices.save(invoice)
        if settlement.is_confirmation:
            enqueue_booking_mail(uow, MailType.BOOKING_CONFIRMED, booking, at=at)
            self._audit.record_entry(
                uow, AuditEvent.BOOKING_CONFIRMED, booking.id, actor_id=None, address=None, at=at
            )

    async def _schedule_to_reinstate(
        self, uow: UnitOfWork, booking: Booking, amount: Money, at: datetime
    ) -> Schedule | None:
        """Return the schedule in which a lapsed booking may take a desk again, else None.

        Expired holds in its way are committed first, before anything else is registered.
        """
        if not can_be_reinstated(booking, amount, house=self._house, now=at):
            return None
        schedule = await _schedule(uow, booking)
        if schedule is None or not schedule.free_desks(booking.period, at=at):
            return None
        if expired := schedule.expired_holds(booking.period, at=at):
            await self._releaser.expire_all(uow, expired, at=at)
            await uow.commit()
            schedule = await _schedule(uow, booking)
        return schedule


async def _schedule(uow: UnitOfWork, booking: Booking) -> Schedule | None:
    """Return the schedule of the booking's space, None when the space is inactive."""
    slot = await uow.schedules.slot(
        booking.space_id, booking.period, booking.user_id, ignoring=booking.id
    )
    return slot.schedule if slot is not None and slot.schedule.space.is_active else None


def _is_paid_meanwhile(booking: Booking, invoice: Invoice | None) -> bool:
    """Whether another handler of the same payment committed after the booking was read.

    A booking that waits for its payment never has a PAID invoice.
    """
    is_unpaid = booking.status is BookingStatus.PENDING or booking.lapsed
    return is_unpaid and invoice is not None and invoice.status is InvoiceStatus.PAID


def _is_duplicate_page(checkout: Checkout, snapshot: CheckoutSnapshot) -> bool:
    """Whether the provider made two pages for one checkout, and this is the unused one."""
    return checkout.session_id not in {None, snapshot.session_id}


def _is_as_requested(checkout: Checkout, snapshot: CheckoutSnapshot) -> bool:
    if checkout.amount is None:
        return True
    return (snapshot.amount, snapshot.currency) == (checkout.amount.cents, CURRENCY)
