"""PaymentLedger: the ledger's side of every payment through the provider."""

from datetime import datetime

from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWork
from domain.ids import BookingId, InvoiceId, LedgerEntryId, SpaceId, SubscriptionId, UserId
from domain.ledger import EntryKind, LedgerEntry, ProviderPayment
from domain.money import ZERO, Money
from domain.settlement import Payment


class PaymentLedger:
    """Registers charges and refunds of the provider's payments in a unit of work."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids

    async def new_payment(self, uow: UnitOfWork, payment_id: str, amount: Money) -> Payment:
        """Return a payment with the refunds that were reported before the payment itself.

        Registers a version of its row, so that the commit is Stale if a refund is reported
        concurrently.
        """
        known = await uow.ledger.payment(payment_id)
        if known is None:
            uow.ledger.add_payment(ProviderPayment(id=payment_id))
            return Payment(id=payment_id, amount=amount)
        uow.ledger.save_payment(known.with_reported_refunds(ZERO))
        return Payment(id=payment_id, amount=amount, refunded=known.refunded)

    def post_charge(
        self,
        uow: UnitOfWork,
        payment: Payment,
        *,
        user_id: UserId,
        booking_id: BookingId | None = None,
        space_id: SpaceId | None = None,
        subscription_id: SubscriptionId | None = None,
        invoice_id: InvoiceId | None,
        refunded: Money = ZERO,
        charged_at: datetime,
        at: datetime,
    ) -> None:
        """Register the entry for a payment, and one for the part that was already refunded."""
        charge = LedgerEntry(
            id=LedgerEntryId(self._ids.new()),
            kind=EntryKind.CHARGE,
            user_id=user_id,
            booking_id=booking_id,
            space_id=space_id,
            subscription_id=subscription_id,
            invoice_id=invoice_id,
            payment_id=payment.id,
            amount=payment.amount,
            occurred_at=charged_at,
            source=payment.id,
        )
        uow.ledger.add(charge)
        if refunded:
            source = reported_refund_source(payment.id, payment.refunded)
            self.post_refund(uow, charge, refunded, source=source, at=at)

    def post_refund(
        self, uow: UnitOfWork, charge: LedgerEntry, amount: Money, *, source: str, at: datetime
    ) -> None:
        """Register the entry for a refund of that amount of a payment."""
        entry_id = LedgerEntryId(self._ids.new())
        uow.ledger.add(charge.refund(entry_id, amount, source=source, at=at))


def reported_refund_source(payment_id: str, reported: Money) -> str:
    """Return the ledger source of a refund known only by the provider's total for the payment."""
    return f"{payment_id}:{reported.cents}"
