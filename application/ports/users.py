"""Users: reads see what is committed; writes are done by the unit of work's commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.ids import UserId
from domain.users import Account, EmailAddress, Role, User


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFilter:
    """Which users are wanted; None leaves a criterion open.

    `text` is looked for in e-mail addresses and names, as `search_key` has it.
    """

    role: Role | None = None
    is_active: bool | None = None
    text: str | None = None


class Users(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def get(self, user_id: UserId) -> User | None:
        """The account with that id."""
        ...

    async def by_email(self, email: EmailAddress) -> User | None:
        """The account with that address; addresses are unique."""
        ...

    async def account(self, user_id: UserId) -> Account | None:
        """The account with that id together with its member."""
        ...

    async def list(
        self, wanted: UserFilter, *, after: UserId | None, limit: int
    ) -> Sequence[Account]:
        """At most `limit` of the wanted accounts after that one, in the order they were made."""
        ...

    async def count_active(self, role: Role) -> int:
        """How many accounts of that role are active."""
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
