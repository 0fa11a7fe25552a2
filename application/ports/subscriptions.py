"""Subscriptions: the members' plans."""

from collections.abc import Sequence
from typing import Protocol

from domain.ids import MemberId, SubscriptionId
from domain.subscriptions import Subscription


class Subscriptions(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def of_member(self, member_id: MemberId) -> Sequence[Subscription]:
        """Return all subscriptions that the member has or had, by id."""
        ...

    async def live(self, *, after: SubscriptionId | None, limit: int) -> Sequence[Subscription]:
        """Return up to `limit` live plans of the provider after that id, by id."""
        ...

    def add(self, subscription: Subscription) -> None:
        """Store a new subscription. The commit is Stale if the member has a live one."""
        ...

    def save(self, subscription: Subscription) -> None:
        """Store the next version. The commit is Stale when another was stored meanwhile."""
        ...
