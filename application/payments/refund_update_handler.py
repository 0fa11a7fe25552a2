"""RefundUpdateHandler: what a refund does to ledger, booking and invoice."""

from datetime import datetime

from application.payments.payment_ledger import PaymentLedger, reported_refund_source
from application.ports.ids import Ids
from application.ports.payment_gateway import ChargeSnapshot
from application.ports.unit_of_work import Stale, UnitOfWork
from domain.ids import RefundId
from domain.ledger import LedgerEntry, ProviderPayment
from domain.money import Money
from domain.refunds import Refund, unrecorded_refund


class RefundUpdateHandler:
    """Registers refunds in a unit of work, wherever they were made. One call per payment."""

    def __init__(self, ids: Ids) -> None:
        self._ledger = PaymentLedger(ids)

    async def handle(
        self,
        uow: UnitOfWork,
        charge: ChargeSnapshot,
        *,
        at: datetime,
        settled: RefundId | None = None,
    ) -> None:
        """Register the refunds of a payment that are included only in the provider's total.

        These were sent from the provider's dashboard: they have no ledger entry, and are no refund
        of the house that is under way. `settled` is a refund that is no longer under way.
        """
        reported = Money(charge.refunded)
        payment = await uow.ledger.payment(charge.payment_id)
        if payment is None:
            uow.ledger.add_payment(ProviderPayment(id=charge.payment_id, refunded=reported))
        else:
            reported = max(reported, payment.refunded)
            uow.ledger.save_payment(payment.with_reported_refunds(reported))
        entries = await uow.ledger.of_payment(charge.payment_id)
        charged = next((entry for entry in entries if not entry.is_refund), None)
        if charged is None:
            return
        refunds = [refund for refund in await _refunds_of(uow, charged) if refund.id != settled]
        amount = unrecorded_refund(reported, charged, entries, refunds)
        if amount:
            source = reported_refund_source(charge.payment_id, reported)
            await self.post(uow, charged, amount, source=source, at=at)

    async def post(
        self, uow: UnitOfWork, charge: LedgerEntry, amount: Money, *, source: str, at: datetime
    ) -> None:
        """Register a refund of that amount of a payment, in ledger, booking and invoice."""
        self._ledger.post_refund(uow, charge, amount, source=source, at=at)
        if charge.booking_id is not None:
            booking = await uow.bookings.get(charge.booking_id)
            if booking is not None:
                if booking.refunded + amount > booking.paid:
                    raise Stale("The payment was refunded in the meantime.")
                uow.bookings.save(booking.with_refund(amount, at=at))
        if charge.invoice_id is not None:
            invoice = await uow.invoices.get(charge.invoice_id)
            if invoice is not None:
                if invoice.refunded + amount > invoice.amount:
                    raise Stale("The payment was refunded in the meantime.")
                uow.invoices.save(invoice.with_refund(amount))


async def _refunds_of(uow: UnitOfWork, charge: LedgerEntry) -> list[Refund]:
    if charge.booking_id is None:
        return []
    return list(await uow.refunds.of_booking(charge.booking_id))
