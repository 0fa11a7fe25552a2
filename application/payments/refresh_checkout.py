"""RefreshCheckout: fetch the open checkouts of a booking when its owner reads it."""

import asyncio

from application.common.caller import Caller
from application.payments.sync_checkout import SyncCheckout, _is_configured, _log
from application.ports.payment_gateway import (
    PaymentGateway,
)
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.checkouts import UNSETTLED_STATUSES, Checkout
from domain.errors import PaymentProviderError
from domain.ids import BookingId

LOOK_SECONDS = 2.0
"""How long a request for a booking waits for the payment provider."""


class RefreshCheckout:
    """Fetch the open checkouts of a booking when its owner reads it.

    Takes at most `timeout` seconds for each checkout, and never raises because of the provider.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        ask: SyncCheckout,
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
