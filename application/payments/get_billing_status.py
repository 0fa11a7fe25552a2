"""GetBillingStatus: the caller's plan."""

from application.common.caller import Caller
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.subscriptions import Subscription


class GetBillingStatus:
    """Return the caller's live plan, else their latest one, else None."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, caller: Caller) -> Subscription | None:
        async with self._unit_of_work() as uow:
            member = await uow.members.of_user(caller.user_id)
            plans = await uow.subscriptions.of_member(member.id) if member else ()
        return max(plans, key=lambda plan: (plan.is_live, plan.id), default=None)
