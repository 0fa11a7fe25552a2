"""MemoryUsers, MemoryMembers."""

from collections.abc import Iterator, Sequence
from heapq import nsmallest

from adapters.memory.give_way import give_way
from adapters.memory.notes import Notes
from adapters.memory.state import State
from application.ports.users import UserFilter
from domain.ids import UserId
from domain.users import Account, EmailAddress, Member, Role, User, search_key


class MemoryUsers:
    """The port Users."""

    def __init__(self, state: State, write_set: Notes) -> None:
        self._state = state
        self._notes = write_set

    async def get(self, user_id: UserId) -> User | None:
        await give_way()
        return self._state.users.get(user_id)

    async def by_email(self, email: EmailAddress) -> User | None:
        await give_way()
        return self._state.user_by_email.get(email)

    async def account(self, user_id: UserId) -> Account | None:
        await give_way()
        return self._account(self._state.users.get(user_id))

    async def list(
        self, criteria: UserFilter, *, after: UserId | None, limit: int
    ) -> Sequence[Account]:
        await give_way()
        return nsmallest(
            limit, self._matching(criteria, after), key=lambda account: account.user.id
        )

    async def count_active(self, role: Role) -> int:
        await give_way()
        return sum(user.is_active and user.role is role for user in self._state.users.all())

    async def any(self) -> bool:
        await give_way()
        return len(self._state.users) > 0

    def add(self, user: User) -> None:
        self._notes.insert(self._state.users, user)

    def save(self, user: User) -> None:
        self._notes.next_version(self._state.users, user)

    def _matching(self, criteria: UserFilter, after: UserId | None) -> Iterator[Account]:
        for user in self._state.users.all():
            account = self._account(user)
            if account and _matches(user, criteria) and (after is None or user.id > after):
                yield account

    def _account(self, user: User | None) -> Account | None:
        member = self._state.member_by_user.get(user.id) if user else None
        return Account(user, member) if user and member else None


class MemoryMembers:
    """The port Members."""

    def __init__(self, state: State, write_set: Notes) -> None:
        self._state = state
        self._notes = write_set

    async def of_user(self, user_id: UserId) -> Member | None:
        await give_way()
        return self._state.member_by_user.get(user_id)

    async def of_customer(self, payment_customer_id: str) -> Member | None:
        await give_way()
        return self._state.member_by_customer.get(payment_customer_id)

    def add(self, member: Member) -> None:
        self._notes.insert(self._state.members, member)

    def save(self, member: Member) -> None:
        self._notes.next_version(self._state.members, member)


def _matches(user: User, criteria: UserFilter) -> bool:
    return (
        criteria.role in {None, user.role}
        and criteria.is_active in {None, user.is_active}
        and (
            criteria.text is None
            or search_key(criteria.text) in search_key(f"{user.email} {user.full_name}")
        )
    )
