"""SendRefunds: have the provider pay back the refunds that were decided on."""

import logging
from collections.abc import Sequence

from application.common.retry import retry_on_conflict
from application.payments.refund_update_handler import RefundUpdateHandler
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.payment_gateway import ChargeSnapshot, PaymentGateway, RefundRefused
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.errors import PaymentProviderError, PaymentsNotConfigured
from domain.ids import BookingId, RefundId
from domain.money import Money
from domain.refunds import Refund, allocate

BATCH = 100
_log = logging.getLogger(__name__)


class SendRefunds:
    """Send the due refunds to the provider one by one, or mark them for manual refund.

    Each refund is allocated to a payment with enough left and committed; then it is requested under
    its own id as idempotency key; then it is posted to the ledger. After an interruption at any
    point, the next run continues there.
    """

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids, payments: PaymentGateway
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._ids = ids
        self._payments = payments
        self._refunds = RefundUpdateHandler(ids)

    async def __call__(self) -> int:
        """Return the number of refunds sent."""
        async with self._unit_of_work() as uow:
            due = await uow.refunds.to_send(at=self._clock.now(), limit=BATCH)
        return sum([await self._send(refund) for refund in due])

    async def _send(self, due: Refund) -> bool:
        refund = await self._allocate(due.booking_id, due.id)
        if refund is None or refund.payment_id is None:
            return False
        try:
            await self._payments.refund(refund.id, refund.payment_id, refund.amount)
        except RefundRefused:
            return await self._diagnose_refusal(refund, refund.payment_id)
        except (PaymentProviderError, PaymentsNotConfigured) as error:
            _log.warning("Refund %s failed and will be retried: %s", refund.id, error.message)
            await self._reschedule(refund)
            return False
        await self._post(refund)
        return True

    @retry_on_conflict
    async def _allocate(self, booking_id: BookingId, refund_id: RefundId) -> Refund | None:
        """Decide which payment the refund is taken from; None when it is not for the provider."""
        async with self._unit_of_work() as uow:
            refunds = await uow.refunds.of_booking(booking_id)
            refund = _due(refunds, refund_id)
            if refund is None or refund.is_manual:
                return None
            if refund.payment_id is not None:
                return refund
            entries = await uow.ledger.of_booking(booking_id)
            allocated = allocate(refund, entries, refunds, now=self._clock.now())
            uow.refunds.save(allocated)
            await uow.commit()
        return allocated

    @retry_on_conflict
    async def _post(self, refund: Refund) -> None:
        """Store that the provider accepted the refund, and post it to the ledger."""
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            current = await _reload(uow, refund)
            if current is None or refund.payment_id is None:
                return
            entries = await uow.ledger.of_payment(refund.payment_id)
            charge = next((entry for entry in entries if not entry.is_refund), None)
            uow.refunds.save(current.accepted(at=now))
            if charge is not None:
                source = str(refund.id)
                await self._refunds.post(uow, charge, refund.amount, source=source, at=now)
            await uow.commit()

    async def _diagnose_refusal(self, refund: Refund, payment_id: str) -> bool:
        """Find out why the provider refused; usually a refund was made in its dashboard.

        Returns whether the refund is settled.
        """
        try:
            charge = await self._payments.get_payment(payment_id)
        except PaymentProviderError:
            await self._reschedule(refund)
            return False
        if charge.amount - charge.refunded >= refund.amount.cents:
            _log.error("The payment provider refuses refund %s.", refund.id)
            await self._reschedule(refund)
            return False
        await self._reconcile(refund, charge)
        return True

    @retry_on_conflict
    async def _reconcile(self, refund: Refund, charge: ChargeSnapshot) -> None:
        """Replace a refund that exceeds the rest of its payment by a refund of the rest."""
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            current = await _reload(uow, refund)
            if current is None:
                return
            uow.refunds.save(current.accepted(at=now))
            await self._refunds.handle(uow, charge, at=now, settled=refund.id)
            if charge.refunded < charge.amount:
                left = Money(charge.amount - charge.refunded)
                uow.refunds.add(current.replacement(RefundId(self._ids.new()), left))
            await uow.commit()

    @retry_on_conflict
    async def _reschedule(self, refund: Refund) -> None:
        async with self._unit_of_work() as uow:
            current = await _reload(uow, refund)
            if current is not None:
                uow.refunds.save(current.rescheduled(at=self._clock.now()))
                await uow.commit()


async def _reload(uow: UnitOfWork, refund: Refund) -> Refund | None:
    """Return the refund's current version, None when it is no longer due."""
    return _due(await uow.refunds.of_booking(refund.booking_id), refund.id)


def _due(refunds: Sequence[Refund], refund_id: RefundId) -> Refund | None:
    return next((refund for refund in refunds if refund.id == refund_id and refund.is_due), None)
