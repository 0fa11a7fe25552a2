"""ReconcileSubscriptions: fetch and apply every subscription that has not ended."""

from application.payments.reconcile_checkouts import BATCH
from application.payments.sync_checkout import _is_answered, _is_configured
from application.payments.sync_subscription import SyncSubscription
from application.ports.payment_gateway import (
    PaymentGateway,
)
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.ids import SubscriptionId


class ReconcileSubscriptions:
    """Fetch and apply every subscription that has not ended."""

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, ask: SyncSubscription, payments: PaymentGateway
    ) -> None:
        self._unit_of_work = unit_of_work
        self._ask = ask
        self._payments = payments

    async def __call__(self) -> int:
        """Return the number of subscriptions fetched."""
        if not _is_configured(self._payments):
            return 0
        asked = 0
        after: SubscriptionId | None = None
        while True:
            async with self._unit_of_work() as uow:
                batch = await uow.subscriptions.live(after=after, limit=BATCH)
            for plan in batch:
                if plan.provider_subscription_id is not None:
                    call = self._ask(plan.provider_subscription_id)
                    asked += await _is_answered(call, plan.provider_subscription_id)
            if len(batch) < BATCH:
                return asked
            after = batch[-1].id
