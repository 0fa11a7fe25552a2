"""Refunds that somebody of the house has to give back: which, and that it was done."""

from collections.abc import Sequence

from application.payments.refund_news import RefundNews
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from application.retry import retried_when_stale
from domain.ids import RefundId
from domain.ledger import EntryKind
from domain.refunds import Refund


class RefundsByHand:
    """What was paid outside of Stripe, and is still to be given back there."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, *, limit: int = 1_000) -> Sequence[Refund]:
        """At most `limit`, the first decided first."""
        async with self._unit_of_work() as uow:
            return await uow.refunds.by_hand(limit=limit)


class GiveBackByHand:
    """Record that money was given back outside of Stripe: only then does `refunded` rise."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._news = RefundNews(ids)

    @retried_when_stale
    async def __call__(self, refund_id: RefundId) -> Refund | None:
        """The refund, or None when nothing is to be given back by hand under that id."""
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            refund = await uow.refunds.get(refund_id)
            if refund is None or not refund.by_hand or not refund.is_due:
                return None
            entries = await uow.ledger.of_booking(refund.booking_id)
            taken = next(one for one in entries if one.kind is EntryKind.OFFLINE_PAYMENT)
            given_back = refund.accepted(at=now)
            uow.refunds.save(given_back)
            await self._news.went_back(uow, taken, refund.amount, source=str(refund.id), at=now)
            await uow.commit()
        return given_back
