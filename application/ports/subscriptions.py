"""Subscriptions: the members' plans."""

from typing import Protocol

from domain.subscriptions import Subscription


class Subscriptions(Protocol):
    """Writes are done by the unit of work's commit."""

    def add(self, subscription: Subscription) -> None:
        """Store a new plan. The commit is Stale when the member has a live one already."""
        ...

    def save(self, subscription: Subscription) -> None:
        """Store the plan's next version. The commit is Stale when another was stored meanwhile."""
        ...
