"""ReconcileSubscriptions: fetch and apply every subscription that has not ended."""

from application.payments.provider_requests import is_configured, succeeds
from application.payments.sync_subscription import SyncSubscription
from application.ports.payment_gateway import PaymentGateway
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.ids import SubscriptionId

BATCH = 100


class ReconcileSubscriptions:
    """Fetch and apply every subscription that has not ended."""

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        sync_subscription: SyncSubscription,
        payments: PaymentGateway,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._sync_subscription = sync_subscription
        self._payments = payments

    async def __call__(self) -> int:
        """Return the number of subscriptions fetched. Failed ones are left for the next run."""
        if not is_configured(self._payments):
            return 0
        fetched = 0
        after: SubscriptionId | None = None
        while True:
            async with self._unit_of_work() as uow:
                batch = await uow.subscriptions.live(after=after, limit=BATCH)
            for plan in batch:
                if plan.provider_subscription_id is not None:
                    request = self._sync_subscription(plan.provider_subscription_id)
                    fetched += await succeeds(request, plan.provider_subscription_id)
            if len(batch) < BATCH:
                return fetched
            after = batch[-1].id
