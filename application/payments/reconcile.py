"""ReconcileCheckouts, ReconcileSubscriptions, LookAtCheckout: poll the payment provider."""

import asyncio
import logging
from collections.abc import Awaitable
from datetime import datetime, timedelta

from application.caller import Caller
from application.payments.checkout_update_handler import CheckoutUpdateHandler
from application.payments.subscription_update_handler import SubscriptionUpdateHandler
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.payment_gateway import (
    BillSnapshot,
    CheckoutSnapshot,
    PaymentGateway,
    SubscriptionSnapshot,
)
from application.ports.unit_of_work import UnitOfWorkFactory
from application.retry import retried_when_stale
from domain.checkouts import UNSETTLED_STATUSES, Checkout, CheckoutStatus
from domain.errors import PaymentProviderError, PaymentsNotConfigured
from domain.house import House
from domain.ids import BookingId, CheckoutId, SubscriptionId

BATCH = 100
NEVER_OPENED = timedelta(hours=1)
LOOK_SECONDS = 2.0
"""How long a request for a booking waits for the payment provider."""
_log = logging.getLogger(__name__)


class AskAboutCheckout:
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
        self._subscriptions = AskAboutSubscription(unit_of_work, clock, ids, payments)

    async def __call__(self, checkout: Checkout) -> None:
        """Raises PaymentProviderError."""
        if checkout.session_id is None:
            if self._clock.now() >= checkout.created_at + NEVER_OPENED:
                await self._abandon(checkout.id)
            return
        if checkout.status is CheckoutStatus.SUPERSEDED:
            snapshot = await self._payments.expire_checkout(checkout.session_id)
        else:
            snapshot = await self._payments.get_checkout(checkout.session_id)
        if snapshot.subscription_id is not None:
            await self._subscriptions(snapshot.subscription_id)
        await self._apply(snapshot)

    @retried_when_stale
    async def _apply(self, snapshot: CheckoutSnapshot) -> None:
        async with self._unit_of_work() as uow:
            await self._updates.handle(uow, snapshot, at=self._clock.now())
            await uow.commit()

    @retried_when_stale
    async def _abandon(self, checkout_id: CheckoutId) -> None:
        async with self._unit_of_work() as uow:
            checkout = await uow.checkouts.get(checkout_id)
            if checkout is not None and checkout.session_id is None:
                uow.checkouts.save(checkout.advanced_to(CheckoutStatus.EXPIRED))
                await uow.commit()


class AskAboutSubscription:
    """Fetch one subscription and its paid bills from the provider and apply them."""

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids, payments: PaymentGateway
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._payments = payments
        self._updates = SubscriptionUpdateHandler(ids)

    async def __call__(self, subscription_id: str) -> None:
        """Raises PaymentProviderError."""
        asked_at = self._clock.now().replace(microsecond=0)
        snapshot = await self._payments.get_subscription(subscription_id)
        bills = await self._payments.paid_bills(subscription_id)

        await self._apply(snapshot, asked_at)
        for bill in bills:
            await self._apply_bill(bill)

    @retried_when_stale
    async def _apply(self, snapshot: SubscriptionSnapshot, reported_at: datetime) -> None:
        async with self._unit_of_work() as uow:
            now = self._clock.now()
            await self._updates.handle(uow, snapshot, reported_at=reported_at, at=now)
            await uow.commit()

    @retried_when_stale
    async def _apply_bill(self, bill: BillSnapshot) -> None:
        async with self._unit_of_work() as uow:
            await self._updates.handle_paid_bill(uow, bill, at=self._clock.now())
            await uow.commit()


class ReconcileCheckouts:
    """Fetch and apply every checkout that is not settled yet."""

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, ask: AskAboutCheckout, payments: PaymentGateway
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


class ReconcileSubscriptions:
    """Fetch and apply every subscription that has not ended."""

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, ask: AskAboutSubscription, payments: PaymentGateway
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


class LookAtCheckout:
    """Fetch the open checkouts of a booking when its owner reads it.

    Takes at most `timeout` seconds for each checkout, and never raises because of the provider.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        ask: AskAboutCheckout,
        payments: PaymentGateway,
        *,
        timeout: float = LOOK_SECONDS,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._ask = ask
        self._payments = payments
        self._timeout = timeout

    async def __call__(self, caller: Caller, booking_id: BookingId) -> None:
        if not _is_configured(self._payments):
            return
        async with self._unit_of_work() as uow:
            checkouts = await uow.checkouts.of_booking(booking_id)
        for checkout in checkouts:
            if (
                checkout.user_id == caller.user_id
                and checkout.status in UNSETTLED_STATUSES
                and checkout.session_id is not None
            ):
                await self._look(checkout)

    async def _look(self, checkout: Checkout) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await self._ask(checkout)
        except (PaymentProviderError, TimeoutError) as error:
            _log.warning("Checkout %s could not be fetched: %r", checkout.id, error)


def _is_configured(payments: PaymentGateway) -> bool:
    try:
        payments.check_configured()
    except PaymentsNotConfigured:
        return False
    return True


async def _is_answered(call: Awaitable[None], what: str) -> bool:
    try:
        await call
    except PaymentProviderError as error:
        _log.warning("%s could not be fetched: %s", what, error.message)
        return False
    return True
