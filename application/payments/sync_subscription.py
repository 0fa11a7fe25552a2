"""SyncSubscription: fetch one subscription and its paid bills from the provider and apply them."""

from datetime import datetime

from application.common.retry import retry_on_conflict
from application.payments.subscription_update_handler import SubscriptionUpdateHandler
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.payment_gateway import BillSnapshot, PaymentGateway, SubscriptionSnapshot
from application.ports.unit_of_work import UnitOfWorkFactory


class SyncSubscription:
    """Fetch one subscription and its paid bills from the provider and apply them."""

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids, payments: PaymentGateway
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._payments = payments
        self._updates = SubscriptionUpdateHandler(ids)

    async def __call__(self, subscription_id: str) -> None:
        """Fetch and apply them. Raises PaymentProviderError."""
        # In whole seconds, as the times of the provider's events are.
        requested_at = self._clock.now().replace(microsecond=0)
        snapshot = await self._payments.get_subscription(subscription_id)
        bills = await self._payments.paid_bills(subscription_id)
        await self._apply(snapshot, requested_at)
        for bill in bills:
            await self._apply_bill(bill)

    @retry_on_conflict
    async def _apply(self, snapshot: SubscriptionSnapshot, reported_at: datetime) -> None:
        async with self._unit_of_work() as uow:
            now = self._clock.now()
            await self._updates.handle(uow, snapshot, reported_at=reported_at, at=now)
            await uow.commit()

    @retry_on_conflict
    async def _apply_bill(self, bill: BillSnapshot) -> None:
        async with self._unit_of_work() as uow:
            await self._updates.handle_paid_bill(uow, bill, at=self._clock.now())
            await uow.commit()
