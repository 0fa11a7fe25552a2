"""Money that went back, whoever sent it: what that does to ledger, booking and invoice."""

from dataclasses import replace
from datetime import datetime

from application.ports.ids import Ids
from application.ports.payment_gateway import ChargeSnapshot
from application.ports.unit_of_work import Stale, UnitOfWork
from domain.ids import LedgerEntryId, RefundId
from domain.ledger import EntryKind, LedgerEntry, ProviderPayment
from domain.money import ZERO, Money


class RefundNews:
    """Notes refunds in a unit of work. One call for a payment in each unit of work."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids

    async def charge_refunded(
        self,
        uow: UnitOfWork,
        charge: ChargeSnapshot,
        *,
        at: datetime,
        settled: RefundId | None = None,
    ) -> None:
        """Stripe told how much of a payment has gone back, all told.

        What the house has not entered, and is not sending just now, somebody sent from Stripe's
        dashboard. `settled` is a refund that is no longer being sent.
        """
        payment = await uow.ledger.payment(charge.payment_id)
        told = Money(charge.refunded)
        if payment is None:
            uow.ledger.add_payment(ProviderPayment(id=charge.payment_id, refunded=told))
        else:
            told = max(told, payment.refunded)
            uow.ledger.save_payment(payment.told(told))
        entries = await uow.ledger.of_payment(charge.payment_id)
        taken = next((one for one in entries if not one.is_refund), None)
        if taken is None:
            return
        entered = sum((one.amount for one in entries if one.is_refund), ZERO)
        sending = await self._being_sent(uow, taken, settled)
        unknown = min(told, taken.amount).cents - (entered + sending).cents
        if unknown > 0:
            source = f"{charge.payment_id}:{told.cents}"
            await self.went_back(uow, taken, Money(unknown), source=source, at=at)

    async def went_back(
        self, uow: UnitOfWork, taken: LedgerEntry, amount: Money, *, source: str, at: datetime
    ) -> None:
        """So much of what was taken went back."""
        uow.ledger.add(
            replace(
                taken,
                id=LedgerEntryId(self._ids.new()),
                kind=EntryKind.REFUND,
                amount=amount,
                occurred_at=at,
                source=source,
            )
        )
        if taken.booking_id is not None:
            booking = await uow.bookings.get(taken.booking_id)
            if booking is not None:
                if booking.refunded + amount > booking.paid:
                    raise Stale("It went back meanwhile.")
                uow.bookings.save(booking.with_refund(amount, at=at))
        if taken.invoice_id is not None:
            invoice = await uow.invoices.get(taken.invoice_id)
            if invoice is not None:
                if invoice.refunded + amount > invoice.amount:
                    raise Stale("It went back meanwhile.")
                uow.invoices.save(invoice.with_refund(amount))

    async def _being_sent(
        self, uow: UnitOfWork, taken: LedgerEntry, settled: RefundId | None
    ) -> Money:
        if taken.booking_id is None:
            return ZERO
        refunds = await uow.refunds.of_booking(taken.booking_id)
        return sum(
            (
                one.amount
                for one in refunds
                if one.is_due and one.payment_id == taken.payment_id and one.id != settled
            ),
            ZERO,
        )
