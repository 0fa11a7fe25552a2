"""GetMe: one's own account."""

from application.auth.sessions import Account
from application.caller import Caller
from application.ports.unit_of_work import UnitOfWorkFactory


class GetMe:
    """The caller's user and member."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, caller: Caller) -> Account:
        async with self._unit_of_work() as uow:
            user = await uow.users.get(caller.user_id)
            member = await uow.members.of_user(caller.user_id)
        if user is None or member is None:
            raise LookupError(f"The signed-in user {caller.user_id} is gone.")
        return Account(user, member)
