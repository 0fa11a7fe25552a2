"""MemoryUsers: the port Users."""

from collections.abc import Iterator, Sequence
from heapq import nsmallest

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from adapters.memory.write_set import WriteSet
from application.ports.users import UserFilter
from domain.ids import UserId
from domain.users import Account, EmailAddress, Role, User, search_key


class MemoryUsers:
    """The port Users."""

    def __init__(self, state: State, write_set: WriteSet) -> None:
        self._state = state
        self._write_set = write_set

    async def get(self, user_id: UserId) -> User | None:
        await checkpoint()
        return self._state.users.get(user_id)

    async def by_email(self, email: EmailAddress) -> User | None:
        await checkpoint()
        return self._state.user_by_email.get(email)

    async def account(self, user_id: UserId) -> Account | None:
        await checkpoint()
        return self._account(self._state.users.get(user_id))

    async def list(
        self, criteria: UserFilter, *, after: UserId | None, limit: int
    ) -> Sequence[Account]:
        await checkpoint()
        return nsmallest(
            limit, self._matching(criteria, after), key=lambda account: account.user.id
        )

    async def count_active(self, role: Role) -> int:
        await checkpoint()
        return sum(user.is_active and user.role is role for user in self._state.users.all())

    async def any(self) -> bool:
        await checkpoint()
        return len(self._state.users) > 0

    def add(self, user: User) -> None:
        self._write_set.insert(self._state.users, user)

    def save(self, user: User) -> None:
        self._write_set.next_version(self._state.users, user)

    def _matching(self, criteria: UserFilter, after: UserId | None) -> Iterator[Account]:
        for user in self._state.users.all():
            account = self._account(user)
            if account and _matches(user, criteria) and (after is None or user.id > after):
                yield account

    def _account(self, user: User | None) -> Account | None:
        member = self._state.member_by_user.get(user.id) if user else None
        return Account(user, member) if user and member else None


def _matches(user: User, criteria: UserFilter) -> bool:
    return (
        criteria.role in {None, user.role}
        and criteria.is_active in {None, user.is_active}
        and (
            criteria.text is None
            or search_key(criteria.text) in search_key(f"{user.email} {user.full_name}")
        )
    )
