"""Manual refunds: list those that staff have to pay back, and record that it was done."""

from collections.abc import Sequence

from application.payments.refund_update_handler import RefundUpdateHandler
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from application.retry import retried_when_stale
from domain.ids import RefundId
from domain.ledger import EntryKind
from domain.refunds import Refund


class RefundsByHand:
    """List the refunds of offline payments that are still to be paid back by staff."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, *, limit: int = 1_000) -> Sequence[Refund]:
        """Return at most `limit` refunds, oldest decision first."""
        async with self._unit_of_work() as uow:
            return await uow.refunds.by_hand(limit=limit)


class GiveBackByHand:
    """Record that staff paid a refund back; only then does `refunded` rise."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._refunds = RefundUpdateHandler(ids)

    @retried_when_stale
    async def __call__(self, refund_id: RefundId) -> Refund | None:
        """Return the refund, or None when no manual refund with that id is due."""
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            refund = await uow.refunds.get(refund_id)
            if refund is None or not refund.by_hand or not refund.is_due:
                return None
            entries = await uow.ledger.of_booking(refund.booking_id)
            payment = next(entry for entry in entries if entry.kind is EntryKind.OFFLINE_PAYMENT)
            accepted = refund.accepted(at=now)
            uow.refunds.save(accepted)
            source = str(refund.id)
            await self._refunds.post(uow, payment, refund.amount, source=source, at=now)
            await uow.commit()
        return accepted
