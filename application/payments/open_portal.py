"""OpenPortal: open the provider's page for managing plan and cards."""

from application.caller import Caller
from application.idempotency import KeyedRequest, check_unanswered, note_answer
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.payment_gateway import PaymentGateway
from application.ports.unit_of_work import UnitOfWorkFactory
from application.retry import retried_when_stale
from domain.errors import NoCustomer


class OpenPortal:
    """Return the URL of the provider's portal for the caller.

    Raises NoCustomer before the first checkout, PaymentProviderError and PaymentsNotConfigured.
    """

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids, payments: PaymentGateway
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._ids = ids
        self._payments = payments

    async def __call__(self, caller: Caller, keyed: KeyedRequest[str] | None = None) -> str:
        self._payments.check_configured()
        async with self._unit_of_work() as uow:
            await check_unanswered(uow, keyed, at=self._clock.now())
            member = await uow.members.of_user(caller.user_id)
        if member is None or member.payment_customer_id is None:
            raise NoCustomer("There was no checkout yet.")
        url = await self._payments.open_portal(member.payment_customer_id, self._ids.new())
        if keyed is not None:
            await self._keep(url, keyed)
        return url

    @retried_when_stale
    async def _keep(self, url: str, keyed: KeyedRequest[str]) -> None:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            await check_unanswered(uow, keyed, at=now)
            note_answer(uow, keyed, url, at=now)
            await uow.commit()
