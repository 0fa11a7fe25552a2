"""MemorySubscriptions: the port Subscriptions."""

from collections.abc import Sequence
from heapq import nsmallest

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from adapters.memory.write_set import WriteSet
from domain.ids import MemberId, SubscriptionId
from domain.subscriptions import Subscription


class MemorySubscriptions:
    """The port Subscriptions."""

    def __init__(self, state: State, notes: WriteSet) -> None:
        self._state = state
        self._write_set = notes

    async def of_member(self, member_id: MemberId) -> Sequence[Subscription]:
        await checkpoint()
        found = (one for one in self._state.subscriptions.all() if one.member_id == member_id)
        return sorted(found, key=lambda one: one.id)

    async def live(self, *, after: SubscriptionId | None, limit: int) -> Sequence[Subscription]:
        await checkpoint()
        found = (
            one
            for one in self._state.subscriptions.all()
            if one.is_live and one.provider_subscription_id and (after is None or one.id > after)
        )
        return nsmallest(limit, found, key=lambda one: one.id)

    def add(self, subscription: Subscription) -> None:
        self._write_set.insert(self._state.subscriptions, subscription)

    def save(self, subscription: Subscription) -> None:
        self._write_set.next_version(self._state.subscriptions, subscription)
