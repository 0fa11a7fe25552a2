"""Members: the customers behind the accounts, one each."""

from typing import Protocol

from domain.ids import UserId
from domain.users import Member


class Members(Protocol):
    """The customers behind the accounts, one each."""

    async def of_user(self, user_id: UserId) -> Member | None:
        """That account's member."""
        ...

    async def of_customer(self, payment_customer_id: str) -> Member | None:
        """Return the member with that customer id at the payment provider."""
        ...

    def add(self, member: Member) -> None:
        """Store a new member."""
        ...

    def save(self, member: Member) -> None:
        """Store the next version. The commit is Stale when another was stored meanwhile."""
        ...
