"""RecordManualRefund: record that staff paid a refund back; only then does `refunded` rise."""

from application.common.retry import retry_on_conflict
from application.payments.refund_update_handler import RefundUpdateHandler
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.ids import RefundId
from domain.ledger import EntryKind
from domain.refunds import Refund


class RecordManualRefund:
    """Record that staff paid a refund back; only then does `refunded` rise."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._refunds = RefundUpdateHandler(ids)

    @retry_on_conflict
    async def __call__(self, refund_id: RefundId) -> Refund | None:
        """Return the refund, or None when no manual refund with that id is due."""
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            refund = await uow.refunds.get(refund_id)
            if refund is None or not refund.is_manual or not refund.is_due:
                return None
            entries = await uow.ledger.of_booking(refund.booking_id)
            payment = next(entry for entry in entries if entry.kind is EntryKind.OFFLINE_PAYMENT)
            accepted = refund.accepted(at=now)
            uow.refunds.save(accepted)
            source = str(refund.id)
            await self._refunds.post(uow, payment, refund.amount, source=source, at=now)
            await uow.commit()
        return accepted
