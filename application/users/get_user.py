"""GetUser: return one account. For admins; raises Forbidden, NotFound."""

from application.common.caller import Caller
from application.common.policy import Permission
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.errors import NotFound
from domain.ids import UserId
from domain.users import Account


class GetUser:
    """Return one account. For admins; raises Forbidden, NotFound."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, caller: Caller, user_id: UserId) -> Account:
        caller.require(Permission.SEE_USERS)
        async with self._unit_of_work() as uow:
            return require_account(await uow.users.account(user_id))


def require_account(account: Account | None) -> Account:
    """Return the account. Raises NotFound when there is none."""
    if account is None:
        raise NotFound("There is no such user.")
    return account
