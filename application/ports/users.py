"""Users: the repository of users. Reads see committed data; `commit` applies the writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.ids import UserId
from domain.users import Account, EmailAddress, Role, User


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFilter:
    """Criteria of a search for users; None matches every user.

    `text` matches a part of the e-mail address or name, compared by `search_key`.
    """

    role: Role | None = None
    is_active: bool | None = None
    text: str | None = None


class Users(Protocol):
    """The repository of users. Reads see committed data; `commit` applies the writes."""

    async def get(self, user_id: UserId) -> User | None:
        """Return the user with the id."""
        ...

    async def by_email(self, email: EmailAddress) -> User | None:
        """Return the user with the e-mail address, which is unique."""
        ...

    async def account(self, user_id: UserId) -> Account | None:
        """Return the user with the id, together with their member."""
        ...

    async def list(
        self, criteria: UserFilter, *, after: UserId | None, limit: int
    ) -> Sequence[Account]:
        """Return up to `limit` matching accounts after `after`, in order of creation."""
        ...

    async def count_active(self, role: Role) -> int:
        """Return the number of active users with the role."""
        ...

    async def any(self) -> bool:
        """Whether any user exists."""
        ...

    def add(self, user: User) -> None:
        """Store a new user. The commit raises Stale when the e-mail address is taken."""
        ...

    def save(self, user: User) -> None:
        """Store the next version. The commit raises Stale after a concurrent change."""
        ...
