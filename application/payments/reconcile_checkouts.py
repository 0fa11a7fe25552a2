"""ReconcileCheckouts: fetch and apply every checkout that is not settled yet."""

from application.payments.sync_checkout import SyncCheckout, _is_answered, _is_configured
from application.ports.payment_gateway import (
    PaymentGateway,
)
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.ids import CheckoutId

BATCH = 100


class ReconcileCheckouts:
    """Fetch and apply every checkout that is not settled yet."""

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, ask: SyncCheckout, payments: PaymentGateway
    ) -> None:
        self._unit_of_work = unit_of_work
        self._ask = ask
        self._payments = payments

    async def __call__(self) -> int:
        """Return the number of checkouts fetched; those that failed are left for the next run."""
        if not _is_configured(self._payments):
            return 0
        asked = 0
        after: CheckoutId | None = None
        while True:
            async with self._unit_of_work() as uow:
                batch = await uow.checkouts.unsettled(after=after, limit=BATCH)
            for checkout in batch:
                asked += await _is_answered(self._ask(checkout), str(checkout.id))
            if len(batch) < BATCH:
                return asked
            after = batch[-1].id
