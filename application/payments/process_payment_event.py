"""ProcessPaymentEvent: process one event of the payment provider."""

import asyncio
import logging
from dataclasses import replace

from application.common.retry import retry_on_conflict
from application.payments.checkout_update_handler import CheckoutUpdateHandler
from application.payments.refund_update_handler import RefundUpdateHandler
from application.payments.subscription_update_handler import SubscriptionUpdateHandler
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.payment_events import PaymentEvent, PaymentEvents
from application.ports.payment_gateway import (
    BillSnapshot,
    ChargeSnapshot,
    CheckoutSnapshot,
    PaymentGateway,
    PaymentStatus,
    SubscriptionSnapshot,
)
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.errors import PaymentProviderError
from domain.house import House

LOOKUP_TIMEOUT_SECONDS = 2.0
_log = logging.getLogger(__name__)


class ProcessPaymentEvent:
    """Apply an event exactly once, however often and in whatever order events arrive.

    The event is stored in the commit of its effect. Raises InvalidSignature, PaymentsNotConfigured,
    and Unavailable when the provider should send the event again.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        ids: Ids,
        house: House,
        payments: PaymentGateway,
        events: PaymentEvents,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._payments = payments
        self._events = events
        self._checkouts = CheckoutUpdateHandler(ids, house)
        self._subscriptions = SubscriptionUpdateHandler(ids)
        self._refunds = RefundUpdateHandler(ids)

    async def __call__(self, raw_body: bytes, signature: str | None) -> None:
        event = self._events.read(raw_body, signature, at=self._clock.now())
        if event.subject is None:
            return
        if event.livemode is not self._payments.livemode:
            _log.error("Event %s is not in the mode of the configured key.", event.id)
            return
        if isinstance(event.subject, ChargeSnapshot):
            event = replace(event, subject=await self._with_bill(event.subject))
        await self._handle(event)

    async def _with_bill(self, charge: ChargeSnapshot) -> ChargeSnapshot:
        """Return the charge with the payment id that the ledger uses, now or later.

        A plan's payment does not name the bill that it paid. If looking it up fails too, the refund
        is missing in the ledger, and a warning is logged.
        """
        async with self._unit_of_work() as uow:
            if await uow.ledger.of_payment(charge.payment_id):
                return charge
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT_SECONDS):
                bill_id = await self._payments.bill_of(charge.payment_id)
        except (PaymentProviderError, TimeoutError) as error:
            _log.warning("The bill paid by %s could not be looked up: %r", charge.payment_id, error)
            return charge
        return replace(charge, payment_id=bill_id) if bill_id else charge

    @retry_on_conflict
    async def _handle(self, event: PaymentEvent) -> None:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            if await uow.handled_events.has(event.id):
                return
            await self._dispatch(uow, event)
            uow.handled_events.add(event.id, event.type, at=now)
            await uow.commit()

    async def _dispatch(self, uow: UnitOfWork, event: PaymentEvent) -> None:
        now, reported_at = self._clock.now(), event.created_at
        plans = self._subscriptions
        match event.subject:
            case CheckoutSnapshot() as checkout:
                await self._checkouts.handle(uow, checkout, at=now)
            case SubscriptionSnapshot() as subscription:
                await plans.handle(uow, subscription, reported_at=reported_at, at=now)
            case BillSnapshot(status=PaymentStatus.FAILED) as bill:
                await plans.handle_failed_bill(uow, bill, reported_at=reported_at, at=now)
            case BillSnapshot() as bill:
                await plans.handle_paid_bill(uow, bill, at=now)
            case ChargeSnapshot() as charge:
                await self._refunds.handle(uow, charge, at=now)
            case None:
                pass
