"""What Stripe tells of a checkout, by an event or when asked: the same comes of both."""

import logging
from dataclasses import replace
from datetime import datetime

from application.audit import Audit
from application.bookings.giving_up import GivingUp
from application.mails.note_mail import note_booking_mail
from application.ports.ids import Ids
from application.ports.mailer import Occasion
from application.ports.payment_gateway import CURRENCY, CheckoutSnapshot
from application.ports.unit_of_work import Stale, UnitOfWork
from domain.audit import AuditEvent
from domain.bookings import CHECKOUT_EXPIRED, PAYMENT_FAILED, Booking, BookingStatus
from domain.checkouts import UNSETTLED_STATUSES, Checkout, CheckoutStatus
from domain.house import House
from domain.ids import CheckoutId, LedgerEntryId, RefundId
from domain.invoices import Invoice, InvoiceStatus
from domain.ledger import EntryKind, LedgerEntry, ProviderPayment
from domain.money import ZERO, Money
from domain.refunds import Refund
from domain.schedule import choose_desk
from domain.spaces import Space

_log = logging.getLogger(__name__)
_PAYABLE = frozenset({InvoiceStatus.DRAFT, InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE})


class CheckoutNews:
    """Notes in a unit of work what became of a checkout, with all that follows."""

    def __init__(self, ids: Ids, house: House) -> None:
        self._ids = ids
        self._audit = Audit(ids)
        self._giving_up = GivingUp(ids)
        self._house = house

    async def note(
        self, uow: UnitOfWork, told: CheckoutSnapshot, *, at: datetime, failed: bool = False
    ) -> None:
        """The page is as told; with `failed`, the payment that it waited for has failed."""
        checkout = told.checkout_id and await uow.checkouts.get(CheckoutId(told.checkout_id))
        if not checkout:
            _log.warning("A checkout %s of somebody else's was told of.", told.session_id)
            return
        status = _status(told, failed=failed)
        if status is None:
            return
        if _is_another_page(checkout, told) and status is not CheckoutStatus.PAID:
            return
        if status is CheckoutStatus.PAID and not _as_asked(checkout, told):
            _log.error("Checkout %s was paid in another amount or currency.", checkout.id)
            return
        went_on = checkout.went_on(
            status, session_id=told.session_id, stripe_subscription_id=told.subscription_id
        )
        if (went_on.status, went_on.stripe_subscription_id) == (
            checkout.status,
            checkout.stripe_subscription_id,
        ):
            return
        if checkout.booking_id is not None:
            await self._follow(uow, checkout, went_on, told, at)
        uow.checkouts.save(went_on)

    async def _follow(
        self,
        uow: UnitOfWork,
        checkout: Checkout,
        went_on: Checkout,
        told: CheckoutSnapshot,
        at: datetime,
    ) -> None:
        booking = checkout.booking_id and await uow.bookings.get(checkout.booking_id)
        if not booking:
            return
        match went_on.status:
            case CheckoutStatus.PAID:
                await self._pay(uow, booking, checkout, told, at)
            case CheckoutStatus.PROCESSING if booking.status is BookingStatus.PENDING:
                held = booking.held_until(checkout.hold_while_processing, at=at)
                if held is not booking:
                    uow.bookings.save(held)
            case CheckoutStatus.EXPIRED | CheckoutStatus.FAILED:
                reason = (
                    PAYMENT_FAILED if went_on.status is CheckoutStatus.FAILED else CHECKOUT_EXPIRED
                )
                await self._give_up(uow, booking, checkout, reason, at)
            case _:
                pass

    async def _give_up(
        self, uow: UnitOfWork, booking: Booking, checkout: Checkout, reason: str, at: datetime
    ) -> None:
        others = await uow.checkouts.of_booking(booking.id)
        if booking.status is not BookingStatus.PENDING or any(
            other.id != checkout.id
            and other.status in UNSETTLED_STATUSES - {CheckoutStatus.SUPERSEDED}
            for other in others
        ):
            return
        if checkout.status is CheckoutStatus.SUPERSEDED:
            return
        invoice = (await uow.invoices.of_bookings([booking.id])).get(booking.id)
        given_up = booking.unpaid(reason, at=at)
        self._giving_up.note(uow, given_up, invoice, free_of_charge=True, at=at)
        self._audit.note_of(
            uow, AuditEvent.BOOKING_EXPIRED, booking.id, actor_id=None, address=None, at=at
        )

    async def _pay(
        self,
        uow: UnitOfWork,
        booking: Booking,
        checkout: Checkout,
        told: CheckoutSnapshot,
        at: datetime,
    ) -> None:
        """Enter the payment; it confirms the booking, or goes back."""
        payment_id = told.payment_id or told.session_id
        amount = checkout.amount or ZERO
        if await uow.ledger.of_source(payment_id) is not None:
            return
        invoice = (await uow.invoices.of_bookings([booking.id])).get(booking.id)
        settled = await self._settled(uow, booking, invoice, amount, at)
        already = await self._known_payment(uow, payment_id)
        entry = LedgerEntry(
            id=LedgerEntryId(self._ids.new()),
            kind=EntryKind.CHARGE,
            user_id=booking.user_id,
            booking_id=booking.id,
            space_id=booking.space_id,
            subscription_id=None,
            invoice_id=invoice.id if settled and invoice else None,
            payment_id=payment_id,
            amount=amount,
            occurred_at=at,
            source=payment_id,
        )
        uow.ledger.add(entry)
        if settled is None:
            paid = booking.with_payment(amount, at=at)
            uow.bookings.save(paid)
            self._send_back(uow, booking, amount, payment_id, at)
            # If it is cancelled, they have been told that, but not that this goes back.
            note_booking_mail(uow, Occasion.BOOKING_CANCELLED, paid, at=at)
            return
        back = min(already, amount)
        if back:
            uow.ledger.add(
                replace(
                    entry,
                    id=LedgerEntryId(self._ids.new()),
                    kind=EntryKind.REFUND,
                    amount=back,
                    source=f"{payment_id}:{already.cents}",
                )
            )
        await self._confirm(uow, booking, settled, invoice, back, at)

    async def _confirm(
        self,
        uow: UnitOfWork,
        booking: Booking,
        settled: tuple[Booking, Space | None],
        invoice: Invoice | None,
        back: Money,
        at: datetime,
    ) -> None:
        confirmed, space = settled
        confirmed = replace(confirmed, refunded=confirmed.refunded + back)
        if space is None:
            uow.bookings.save(confirmed)
        else:
            await uow.lock_spaces({space.id})
            uow.bookings.move(confirmed, space=space)
        if invoice is not None:
            if invoice.status is InvoiceStatus.PAID:
                # The booking was read before another told of the same payment, its invoice after.
                raise Stale("It was paid meanwhile.")
            was_void = invoice.status is InvoiceStatus.VOID
            paid = invoice.paid_after_all(at=at) if was_void else invoice.paid(at=at)
            uow.invoices.save(replace(paid, refunded=paid.refunded + back))
        if confirmed.status is not booking.status:
            note_booking_mail(uow, Occasion.BOOKING_CONFIRMED, confirmed, at=at)
            self._audit.note_of(
                uow, AuditEvent.BOOKING_CONFIRMED, booking.id, actor_id=None, address=None, at=at
            )

    async def _settled(
        self,
        uow: UnitOfWork,
        booking: Booking,
        invoice: Invoice | None,
        amount: Money,
        at: datetime,
    ) -> tuple[Booking, Space | None] | None:
        """The booking as this payment makes it, with its space if it comes back to that; or None.

        None: the payment is one too many, of another price, or too late.
        """
        is_held = booking.status is BookingStatus.PENDING
        if booking.amount != amount or (booking.paid > booking.refunded and not is_held):
            return None
        late = booking.lapsed or booking.hold_ran_out(at=at)
        if late and at >= booking.no_show_from(self._house.no_show_grace):
            return None
        if booking.status is BookingStatus.PENDING:
            return booking.paid_and_confirmed(at=at), None
        if booking.lapsed:
            return await self._come_back(uow, booking, at)
        if invoice is not None and invoice.status in _PAYABLE and booking.awaits_payment:
            return booking.with_payment(amount, at=at), None
        return None

    async def _come_back(
        self, uow: UnitOfWork, booking: Booking, at: datetime
    ) -> tuple[Booking, Space] | None:
        slot = await uow.schedules.slot(
            booking.space_id, booking.period, booking.user_id, ignoring=booking.id
        )
        if slot is None or not slot.schedule.space.is_active:
            return None
        free = slot.schedule.free_desks(booking.period, at=at)
        if not free:
            return None
        if ran_out := slot.schedule.expired_holds(booking.period, at=at):
            await self._giving_up.clear(uow, ran_out, at=at)
            raise Stale("Holds were cleared; the slot has to be read again.")
        desk = booking.desk if booking.desk in free else choose_desk(free, booking.id)
        return booking.paid_after_all(desk=desk, at=at), slot.schedule.space

    def _send_back(
        self, uow: UnitOfWork, booking: Booking, amount: Money, payment_id: str, at: datetime
    ) -> None:
        uow.refunds.add(
            Refund(
                id=RefundId(self._ids.new()),
                booking_id=booking.id,
                space_id=booking.space_id,
                amount=amount,
                decided_at=at,
                payment_id=payment_id,
            )
        )

    async def _known_payment(self, uow: UnitOfWork, payment_id: str) -> Money:
        """How much of it went back already. Its row keeps news of that from slipping between."""
        payment = await uow.ledger.payment(payment_id)
        if payment is None:
            uow.ledger.add_payment(ProviderPayment(id=payment_id))
            return ZERO
        uow.ledger.save_payment(payment.told(ZERO))
        return payment.refunded


def _status(told: CheckoutSnapshot, *, failed: bool) -> CheckoutStatus | None:
    if failed:
        return CheckoutStatus.FAILED
    if told.status == "expired":
        return CheckoutStatus.EXPIRED
    if told.status != "complete":
        return None
    return CheckoutStatus.PAID if told.is_paid else CheckoutStatus.PROCESSING


def _is_another_page(checkout: Checkout, told: CheckoutSnapshot) -> bool:
    """Whether Stripe made two pages, of which nobody was led to this one."""
    return checkout.session_id not in {None, told.session_id}


def _as_asked(checkout: Checkout, told: CheckoutSnapshot) -> bool:
    if checkout.amount is None:
        return True
    return (told.amount, told.currency) == (checkout.amount.cents, CURRENCY)
