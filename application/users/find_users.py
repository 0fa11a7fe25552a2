"""FindUsers: list accounts in order of creation. For admins; raises Forbidden."""

from dataclasses import dataclass

from application.common.caller import Caller
from application.common.paging import Page, cut_page
from application.common.policy import Permission
from application.ports.unit_of_work import UnitOfWorkFactory
from application.ports.users import UserFilter
from domain.ids import UserId
from domain.users import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class FindUsersQuery:
    """Criteria and page of a search for users."""

    criteria: UserFilter
    after: UserId | None
    limit: int


class FindUsers:
    """List accounts in order of creation. For admins; raises Forbidden."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, caller: Caller, query: FindUsersQuery) -> Page[Account, UserId]:
        caller.require(Permission.SEE_USERS)
        async with self._unit_of_work() as uow:
            accounts = await uow.users.list(
                query.criteria, after=query.after, limit=query.limit + 1
            )
        return cut_page(accounts, query.limit, lambda last: last.user.id)
