"""UpdateMe: a caller changes their own profile."""

from typing import TypedDict

from application.common.caller import Caller
from application.common.retry import retry_on_conflict
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.users import Account, Locale


class ProfileChanges(TypedDict, total=False):
    """The fields to change; an omitted field keeps its value."""

    full_name: str
    phone: str | None
    company: str | None
    locale: Locale
    reminders: bool


_MEMBER_FIELDS = frozenset({"phone", "company"})


class UpdateMe:
    """Change fields of the caller's own account."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    @retry_on_conflict
    async def __call__(self, caller: Caller, changes: ProfileChanges) -> Account:
        now = self._clock.now()
        member_changes = {name: value for name, value in changes.items() if name in _MEMBER_FIELDS}
        user_changes = {
            name: value for name, value in changes.items() if name not in _MEMBER_FIELDS
        }
        async with self._unit_of_work() as uow:
            account = await uow.users.account(caller.user_id)
            if account is None:
                raise LookupError(f"The caller's user {caller.user_id} does not exist.")
            user, member = account.user, account.member
            if user_changes:
                user = user.changed(at=now, **user_changes)
                uow.users.save(user)
            if member_changes:
                member = member.changed(at=now, **member_changes)
                uow.members.save(member)
            await uow.commit()
        return Account(user, member)
