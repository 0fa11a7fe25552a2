"""Users: the accounts of the house."""

from typing import Protocol

from domain.ids import UserId
from domain.users import EmailAddress, Member, User


class Users(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def get(self, user_id: UserId) -> User | None:
        """The account with that id."""
        ...

    async def by_email(self, email: EmailAddress) -> User | None:
        """The account with that address; addresses are unique."""
        ...

    async def any(self) -> bool:
        """Whether there is any account at all."""
        ...

    def add(self, user: User) -> None:
        """Store a new account. The commit is Stale when its address has been taken meanwhile."""
        ...

    def save(self, user: User) -> None:
        """Store the next version. The commit is Stale when another was stored meanwhile."""
        ...


class Members(Protocol):
    """The customers behind the accounts, one each."""

    async def of_user(self, user_id: UserId) -> Member | None:
        """That account's member."""
        ...

    def add(self, member: Member) -> None:
        """Store a new member."""
        ...
