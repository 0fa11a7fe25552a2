"""ReconcileCheckouts, ReconcileSubscriptions, LookAtCheckout: asking Stripe instead of waiting."""

import asyncio
import logging
from collections.abc import Awaitable
from datetime import datetime, timedelta

from application.caller import Caller
from application.payments.checkout_news import CheckoutNews
from application.payments.settings import PaymentSettings
from application.payments.subscription_news import SubscriptionNews
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
_log = logging.getLogger(__name__)


class AskAboutCheckout:
    """Ask Stripe about one checkout, and let its answer take effect as an event would."""

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
        self._news = CheckoutNews(ids, house)
        self._subscriptions = AskAboutSubscription(unit_of_work, clock, ids, payments)

    async def __call__(self, checkout: Checkout) -> None:
        """Raises PaymentProviderError."""
        if checkout.session_id is None:
            if self._clock.now() >= checkout.created_at + NEVER_OPENED:
                await self._forget(checkout.id)
            return
        if checkout.status is CheckoutStatus.SUPERSEDED:
            told = await self._payments.expire_checkout(checkout.session_id)
        else:
            told = await self._payments.get_checkout(checkout.session_id)
        if told.subscription_id is not None:
            await self._subscriptions(told.subscription_id)
        await self._note(told)

    @retried_when_stale
    async def _note(self, told: CheckoutSnapshot) -> None:
        async with self._unit_of_work() as uow:
            await self._news.note(uow, told, at=self._clock.now())
            await uow.commit()

    @retried_when_stale
    async def _forget(self, checkout_id: CheckoutId) -> None:
        async with self._unit_of_work() as uow:
            checkout = await uow.checkouts.get(checkout_id)
            if checkout is not None and checkout.session_id is None:
                uow.checkouts.save(checkout.went_on(CheckoutStatus.EXPIRED))
                await uow.commit()


class AskAboutSubscription:
    """Ask Stripe about one subscription and its paid invoices."""

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids, payments: PaymentGateway
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._payments = payments
        self._news = SubscriptionNews(ids)

    async def __call__(self, subscription_id: str) -> None:
        """Raises PaymentProviderError."""
        asked_at = self._clock.now().replace(microsecond=0)
        told = await self._payments.get_subscription(subscription_id)
        bills = await self._payments.paid_bills(subscription_id)

        await self._note(told, asked_at)
        for bill in bills:
            await self._note_bill(bill)

    @retried_when_stale
    async def _note(self, told: SubscriptionSnapshot, told_at: datetime) -> None:
        async with self._unit_of_work() as uow:
            await self._news.note(uow, told, told_at=told_at, at=self._clock.now())
            await uow.commit()

    @retried_when_stale
    async def _note_bill(self, bill: BillSnapshot) -> None:
        async with self._unit_of_work() as uow:
            await self._news.bill_paid(uow, bill, at=self._clock.now())
            await uow.commit()


class ReconcileCheckouts:
    """Ask Stripe about every checkout that it may still tell something of."""

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, ask: AskAboutCheckout, payments: PaymentGateway
    ) -> None:
        self._unit_of_work = unit_of_work
        self._ask = ask
        self._payments = payments

    async def __call__(self) -> int:
        """How many were asked about; one that Stripe does not answer for is left for later."""
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
    """Ask Stripe about every subscription that has not ended."""

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, ask: AskAboutSubscription, payments: PaymentGateway
    ) -> None:
        self._unit_of_work = unit_of_work
        self._ask = ask
        self._payments = payments

    async def __call__(self) -> int:
        """How many were asked about."""
        if not _is_configured(self._payments):
            return 0
        asked = 0
        after: SubscriptionId | None = None
        while True:
            async with self._unit_of_work() as uow:
                batch = await uow.subscriptions.live(after=after, limit=BATCH)
            for plan in batch:
                if plan.stripe_subscription_id is not None:
                    call = self._ask(plan.stripe_subscription_id)
                    asked += await _is_answered(call, plan.stripe_subscription_id)
            if len(batch) < BATCH:
                return asked
            after = batch[-1].id


class LookAtCheckout:
    """Somebody looks at a booking of theirs: ask Stripe whether it has been paid.

    Bounded by a short time, and never a reason for the look to fail.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        ask: AskAboutCheckout,
        payments: PaymentGateway,
        settings: PaymentSettings,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._ask = ask
        self._payments = payments
        self._timeout = settings.look_timeout

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
            _log.warning("Stripe did not tell of checkout %s: %r", checkout.id, error)


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
        _log.warning("Stripe did not tell of %s: %s", what, error.message)
        return False
    return True
