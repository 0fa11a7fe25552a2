"""GetUser: one account. For admins; raises Forbidden, NotFound."""

from application.common.caller import Caller
from application.common.policy import Permission
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.errors import NotFound
from domain.ids import UserId
from domain.users import Account


class GetUser:
    """One account. For admins; raises Forbidden, NotFound."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, caller: Caller, user_id: UserId) -> Account:
        caller.require(Permission.SEE_USERS)
        async with self._unit_of_work() as uow:
            return existing(await uow.users.account(user_id))


def existing(account: Account | None) -> Account:
    """The account if there is one; raises NotFound."""
    if account is None:
        raise NotFound("There is no such user.")
    return account
