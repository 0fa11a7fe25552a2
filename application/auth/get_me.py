"""GetMe: the caller's own account."""

from application.common.caller import Caller
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.users import Account


class GetMe:
    """Return the caller's user and member."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, caller: Caller) -> Account:
        async with self._unit_of_work() as uow:
            account = await uow.users.account(caller.user_id)
        if account is None:
            raise LookupError(f"The caller's user {caller.user_id} does not exist.")
        return account
