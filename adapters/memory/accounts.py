"""MemoryUsers, MemoryMembers, MemoryRefreshSessions: accounts and log-ins in memory."""

from adapters.memory.give_way import give_way
from adapters.memory.notes import Notes
from adapters.memory.state import State
from domain.ids import UserId
from domain.sessions import RefreshSession
from domain.users import EmailAddress, Member, User


class MemoryUsers:
    """The port Users."""

    def __init__(self, state: State, notes: Notes) -> None:
        self._state = state
        self._notes = notes

    async def get(self, user_id: UserId) -> User | None:
        await give_way()
        return self._state.users.get(user_id)

    async def by_email(self, email: EmailAddress) -> User | None:
        await give_way()
        return self._state.user_by_email.get(email)

    async def any(self) -> bool:
        await give_way()
        return len(self._state.users) > 0

    def add(self, user: User) -> None:
        self._notes.insert(self._state.users, user)

    def save(self, user: User) -> None:
        self._notes.next_version(self._state.users, user)


class MemoryMembers:
    """The port Members."""

    def __init__(self, state: State, notes: Notes) -> None:
        self._state = state
        self._notes = notes

    async def of_user(self, user_id: UserId) -> Member | None:
        await give_way()
        return self._state.member_by_user.get(user_id)

    def add(self, member: Member) -> None:
        self._notes.insert(self._state.members, member)


class MemoryRefreshSessions:
    """The port RefreshSessions."""

    def __init__(self, state: State, notes: Notes) -> None:
        self._state = state
        self._notes = notes

    def add(self, session: RefreshSession) -> None:
        self._notes.insert(self._state.refresh_sessions, session)
