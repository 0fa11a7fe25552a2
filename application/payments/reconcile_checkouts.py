"""ReconcileCheckouts: fetch and apply every checkout that is not settled yet."""

from application.payments.provider_requests import is_configured, succeeds
from application.payments.sync_checkout import SyncCheckout
from application.ports.payment_gateway import PaymentGateway
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.ids import CheckoutId

BATCH = 100


class ReconcileCheckouts:
    """Fetch and apply every checkout that is not settled yet."""

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        sync_checkout: SyncCheckout,
        payments: PaymentGateway,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._sync_checkout = sync_checkout
        self._payments = payments

    async def __call__(self) -> int:
        """Return the number of checkouts fetched. Those that failed are left for the next run."""
        if not is_configured(self._payments):
            return 0
        fetched = 0
        after: CheckoutId | None = None
        while True:
            async with self._unit_of_work() as uow:
                batch = await uow.checkouts.unsettled(after=after, limit=BATCH)
            for checkout in batch:
                fetched += await succeeds(self._sync_checkout(checkout), str(checkout.id))
            if len(batch) < BATCH:
                return fetched
            after = batch[-1].id
