"""SyncCheckout: fetch one checkout from the provider and apply it as an event would be."""

from datetime import timedelta

from application.common.retry import retry_on_conflict
from application.payments.checkout_update_handler import CheckoutUpdateHandler
from application.payments.sync_subscription import SyncSubscription
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.payment_gateway import CheckoutSnapshot, PaymentGateway
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.checkouts import Checkout, CheckoutStatus
from domain.house import House
from domain.ids import CheckoutId

MAX_OPENING_TIME = timedelta(hours=1)
"""After this time a checkout without a page expires: no customer was ever sent to it."""


class SyncCheckout:
    """Fetch one checkout from the provider and apply it as an event would be."""

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        ids: Ids,
        house: House,
        payments: PaymentGateway,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._payments = payments
        self._updates = CheckoutUpdateHandler(ids, house)
        self._sync_subscription = SyncSubscription(unit_of_work, clock, ids, payments)

    async def __call__(self, checkout: Checkout) -> None:
        """Fetch and apply it. Raises PaymentProviderError."""
        if checkout.session_id is None:
            if self._clock.now() >= checkout.created_at + MAX_OPENING_TIME:
                await self._abandon(checkout.id)
            return
        if checkout.status is CheckoutStatus.SUPERSEDED:
            snapshot = await self._payments.expire_checkout(checkout.session_id)
        else:
            snapshot = await self._payments.get_checkout(checkout.session_id)
        if snapshot.subscription_id is not None:
            await self._sync_subscription(snapshot.subscription_id)
        await self._apply(snapshot)

    @retry_on_conflict
    async def _apply(self, snapshot: CheckoutSnapshot) -> None:
        async with self._unit_of_work() as uow:
            await self._updates.handle(uow, snapshot, at=self._clock.now())
            await uow.commit()

    @retry_on_conflict
    async def _abandon(self, checkout_id: CheckoutId) -> None:
        async with self._unit_of_work() as uow:
            checkout = await uow.checkouts.get(checkout_id)
            if checkout is not None and checkout.session_id is None:
                uow.checkouts.save(checkout.advanced_to(CheckoutStatus.EXPIRED))
                await uow.commit()
