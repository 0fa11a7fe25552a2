"""RefreshCheckout: fetch the unsettled checkouts of a booking when its owner reads it."""

import asyncio
import logging

from application.common.caller import Caller
from application.payments.provider_requests import is_configured
from application.payments.sync_checkout import SyncCheckout
from application.ports.payment_gateway import PaymentGateway
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.checkouts import UNSETTLED_STATUSES, Checkout
from domain.errors import PaymentProviderError
from domain.ids import BookingId

TIMEOUT_SECONDS = 2.0
"""How long a request for a booking waits for the payment provider, for each checkout."""
_log = logging.getLogger(__name__)


class RefreshCheckout:
    """Fetch and apply a booking's unsettled checkouts when its owner reads the booking.

    Takes at most `timeout` seconds for each checkout, and never raises because of the provider.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        sync_checkout: SyncCheckout,
        payments: PaymentGateway,
        *,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._sync_checkout = sync_checkout
        self._payments = payments
        self._timeout = timeout

    async def __call__(self, caller: Caller, booking_id: BookingId) -> None:
        if not is_configured(self._payments):
            return
        async with self._unit_of_work() as uow:
            checkouts = await uow.checkouts.of_booking(booking_id)
        for checkout in checkouts:
            if (
                checkout.user_id == caller.user_id
                and checkout.status in UNSETTLED_STATUSES
                and checkout.session_id is not None
            ):
                await self._refresh(checkout)

    async def _refresh(self, checkout: Checkout) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await self._sync_checkout(checkout)
        except (PaymentProviderError, TimeoutError) as error:
            _log.warning("Checkout %s could not be fetched: %r", checkout.id, error)
