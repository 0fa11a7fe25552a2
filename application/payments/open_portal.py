"""OpenPortal: open the payment provider's page for managing plans and cards."""

from application.common.caller import Caller
from application.common.retry import retry_on_conflict
from application.idempotency.idempotent_request import (
    IdempotentRequest,
    ensure_not_processed,
    record_response,
)
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.payment_gateway import PaymentGateway
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.errors import NoCustomer


class OpenPortal:
    """Open the payment provider's portal for the caller and return its URL.

    Raises NoCustomer before the first checkout, PaymentProviderError and PaymentsNotConfigured.
    """

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids, payments: PaymentGateway
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._ids = ids
        self._payments = payments

    async def __call__(
        self, caller: Caller, idempotency: IdempotentRequest[str] | None = None
    ) -> str:
        self._payments.check_configured()
        async with self._unit_of_work() as uow:
            await ensure_not_processed(uow, idempotency, at=self._clock.now())
            member = await uow.members.of_user(caller.user_id)
        if member is None or member.payment_customer_id is None:
            raise NoCustomer("There has been no checkout yet.")
        url = await self._payments.open_portal(member.payment_customer_id, self._ids.new())
        if idempotency is not None:
            await self._record(url, idempotency)
        return url

    @retry_on_conflict
    async def _record(self, url: str, idempotency: IdempotentRequest[str]) -> None:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            await ensure_not_processed(uow, idempotency, at=now)
            record_response(uow, idempotency, url, at=now)
            await uow.commit()
