"""Members: the repository of members, one for each user."""

from typing import Protocol

from domain.ids import UserId
from domain.users import Member


class Members(Protocol):
    """The repository of members, one for each user."""

    async def of_user(self, user_id: UserId) -> Member | None:
        """Return the member of the user."""
        ...

    async def of_customer(self, payment_customer_id: str) -> Member | None:
        """Return the member with that customer id at the payment provider."""
        ...

    def add(self, member: Member) -> None:
        """Store a new member."""
        ...

    def save(self, member: Member) -> None:
        """Store the next version. The commit raises Stale after a concurrent change."""
        ...
