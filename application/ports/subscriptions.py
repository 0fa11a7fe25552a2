"""Subscriptions: the members' plans."""

from collections.abc import Sequence
from typing import Protocol

from domain.ids import MemberId, SubscriptionId
from domain.subscriptions import Subscription


class Subscriptions(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def of_member(self, member_id: MemberId) -> Sequence[Subscription]:
        """All that the member has or had, in the order of their ids."""
        ...

    async def live(self, *, after: SubscriptionId | None, limit: int) -> Sequence[Subscription]:
        """At most `limit` of Stripe's that are not CANCELLED, after that one, by id."""
        ...

    def add(self, subscription: Subscription) -> None:
        """Store a new plan. The commit is Stale when the member has a live one already."""
        ...

    def save(self, subscription: Subscription) -> None:
        """Store the plan's next version. The commit is Stale when another was stored meanwhile."""
        ...
