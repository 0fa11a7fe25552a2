"""HandleStripeEvent: something happened at Stripe."""

import asyncio
import logging
from dataclasses import replace

from application.payments.checkout_news import CheckoutNews
from application.payments.refund_news import RefundNews
from application.payments.subscription_news import SubscriptionNews
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.payment_events import PaymentEvent, PaymentEvents
from application.ports.payment_gateway import (
    BillSnapshot,
    ChargeSnapshot,
    CheckoutSnapshot,
    PaymentGateway,
    SubscriptionSnapshot,
)
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from application.retry import retried_when_stale
from domain.errors import PaymentProviderError
from domain.house import House

ASK_SECONDS = 2.0
_log = logging.getLogger(__name__)


class HandleStripeEvent:
    """Let an event take effect once, however often and in whatever order events arrive.

    The event is stored in the commit of its effect. Raises InvalidSignature; Unavailable, when
    Stripe is to send it again; and PaymentsNotConfigured.
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
        self._checkouts = CheckoutNews(ids, house)
        self._subscriptions = SubscriptionNews(ids)
        self._refunds = RefundNews(ids)

    async def __call__(self, raw_body: bytes, signature: str | None) -> None:
        event = self._events.read(raw_body, signature, at=self._clock.now())
        if event.subject is None:
            return
        if event.livemode is not self._payments.livemode:
            _log.error("Event %s is not of the mode of the house's key.", event.id)
            return
        if isinstance(event.subject, ChargeSnapshot):
            event = replace(event, subject=await self._with_bill(event.subject))
        await self._handle(event)

    async def _with_bill(self, charge: ChargeSnapshot) -> ChargeSnapshot:
        """The refunded payment under the id by which the ledger knows it, or will know it.

        A plan's payment does not say which bill it was for. Should Stripe not tell either, only a
        refund of such a payment is missing in the ledger, and the log says so.
        """
        async with self._unit_of_work() as uow:
            if await uow.ledger.of_payment(charge.payment_id):
                return charge
        try:
            async with asyncio.timeout(ASK_SECONDS):
                bill_id = await self._payments.bill_of(charge.payment_id)
        except (PaymentProviderError, TimeoutError) as error:
            _log.warning("Stripe did not tell what %s paid for: %r", charge.payment_id, error)
            return charge
        return replace(charge, payment_id=bill_id) if bill_id else charge

    @retried_when_stale
    async def _handle(self, event: PaymentEvent) -> None:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            if await uow.handled_events.has(event.id):
                return
            await self._note(uow, event)
            uow.handled_events.add(event.id, event.type, at=now)
            await uow.commit()

    async def _note(self, uow: UnitOfWork, event: PaymentEvent) -> None:
        now = self._clock.now()
        match event.subject:
            case CheckoutSnapshot() as told:
                failed = event.type == "checkout.session.async_payment_failed"
                await self._checkouts.note(uow, told, at=now, failed=failed)
            case SubscriptionSnapshot() as told:
                await self._subscriptions.note(uow, told, told_at=event.created_at, at=now)
            case BillSnapshot() as bill if event.type == "invoice.payment_failed":
                await self._subscriptions.bill_failed(uow, bill, told_at=event.created_at, at=now)
            case BillSnapshot() as bill:
                await self._subscriptions.bill_paid(uow, bill, at=now)
            case ChargeSnapshot() as charge:
                await self._refunds.charge_refunded(uow, charge, at=now)
            case None:
                pass
