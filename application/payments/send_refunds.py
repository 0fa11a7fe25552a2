"""SendRefunds: what was decided to be given back is given back."""

import logging
from collections.abc import Sequence

from application.payments.refund_news import RefundNews
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.payment_gateway import ChargeSnapshot, PaymentGateway, RefundRefused
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from application.retry import retried_when_stale
from domain.errors import PaymentProviderError, PaymentsNotConfigured
from domain.ids import BookingId, RefundId
from domain.ledger import EntryKind, LedgerEntry
from domain.money import Money
from domain.refunds import Refund

BATCH = 100
_log = logging.getLogger(__name__)


class SendRefunds:
    """Send the due refunds to Stripe, one by one, or leave them to the house's hands.

    Each is first tied to a payment that has enough left, in a commit; then Stripe is asked, under
    the refund's own id; then it is entered. Wherever that breaks off, it goes on there.
    """

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids, payments: PaymentGateway
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._ids = ids
        self._payments = payments
        self._news = RefundNews(ids)

    async def __call__(self) -> int:
        """How many went back."""
        async with self._unit_of_work() as uow:
            due = await uow.refunds.to_send(at=self._clock.now(), limit=BATCH)
        return sum([await self._send(refund) for refund in due])

    async def _send(self, refund: Refund) -> bool:
        tied = await self._tie(refund.booking_id, refund.id)
        if tied is None or tied.payment_id is None:
            return False
        try:
            await self._payments.refund(tied.id, tied.payment_id, tied.amount)
        except RefundRefused:
            return await self._look_why(tied, tied.payment_id)
        except (PaymentProviderError, PaymentsNotConfigured) as error:
            _log.warning("Refund %s is put off: %s", tied.id, error.message)
            await self._put_off(tied)
            return False
        await self._enter(tied)
        return True

    @retried_when_stale
    async def _tie(self, booking_id: BookingId, refund_id: RefundId) -> Refund | None:
        async with self._unit_of_work() as uow:
            refunds = await uow.refunds.of_booking(booking_id)
            refund = _due(refunds, refund_id)
            if refund is None or refund.by_hand or refund.payment_id is not None:
                return None if refund is None or refund.by_hand else refund
            entries = await uow.ledger.of_booking(booking_id)
            left = _left(entries, refunds)
            if left:
                payment_id = next((one for one in left if left[one] >= refund.amount), None)
                payment_id = payment_id or max(left, key=left.__getitem__)
                amount = min(refund.amount, left[payment_id])
                refund = refund.assigned(payment_id, amount)
            elif any(one.kind is EntryKind.OFFLINE_PAYMENT for one in entries):
                refund = refund.left_to_hands()
            else:
                # All of it has gone back by another way.
                refund = refund.accepted(at=self._clock.now())
            uow.refunds.save(refund)
            await uow.commit()
        return refund

    @retried_when_stale
    async def _enter(self, refund: Refund) -> None:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            present = await self._present(uow, refund)
            if present is None or refund.payment_id is None:
                return
            entries = await uow.ledger.of_payment(refund.payment_id)
            taken = next((one for one in entries if not one.is_refund), None)
            uow.refunds.save(present.accepted(at=now))
            if taken is not None:
                await self._news.went_back(uow, taken, refund.amount, source=str(refund.id), at=now)
            await uow.commit()

    async def _look_why(self, refund: Refund, payment_id: str) -> bool:
        """Refused: most likely somebody refunded it from the dashboard."""
        try:
            charge = await self._payments.get_payment(payment_id)
        except PaymentProviderError:
            await self._put_off(refund)
            return False
        if charge.amount - charge.refunded >= refund.amount.cents:
            _log.error("Stripe refuses refund %s.", refund.id)
            await self._put_off(refund)
            return False
        await self._settle(refund, charge)
        return True

    @retried_when_stale
    async def _settle(self, refund: Refund, charge: ChargeSnapshot) -> None:
        """Less than that is left of the payment: what is left takes its place."""
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            present = await self._present(uow, refund)
            if present is None:
                return
            uow.refunds.save(present.accepted(at=now))
            await self._news.charge_refunded(uow, charge, at=now, settled=refund.id)
            if charge.refunded < charge.amount:
                left = Money(charge.amount - charge.refunded)
                uow.refunds.add(present.in_place(RefundId(self._ids.new()), left))
            await uow.commit()

    @retried_when_stale
    async def _put_off(self, refund: Refund) -> None:
        async with self._unit_of_work() as uow:
            present = await self._present(uow, refund)
            if present is not None:
                uow.refunds.save(present.put_off(at=self._clock.now()))
                await uow.commit()

    async def _present(self, uow: UnitOfWork, refund: Refund) -> Refund | None:
        return _due(await uow.refunds.of_booking(refund.booking_id), refund.id)


def _due(refunds: Sequence[Refund], refund_id: RefundId) -> Refund | None:
    return next((one for one in refunds if one.id == refund_id and one.is_due), None)


def _left(entries: Sequence[LedgerEntry], refunds: Sequence[Refund]) -> dict[str, Money]:
    """What is left of each payment through Stripe, after all that goes back or is to."""
    cents: dict[str, int] = {}
    for entry in entries:
        if entry.payment_id is not None:
            sign = -1 if entry.is_refund else 1
            cents[entry.payment_id] = cents.get(entry.payment_id, 0) + sign * entry.amount.cents
    for refund in refunds:
        if refund.is_due and refund.payment_id in cents:
            cents[refund.payment_id] -= refund.amount.cents
    return {payment: Money(left) for payment, left in cents.items() if left > 0}
