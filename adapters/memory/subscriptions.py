"""MemorySubscriptions: subscriptions in memory."""

from collections.abc import Sequence
from heapq import nsmallest

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from adapters.memory.write_set import WriteSet
from domain.ids import MemberId, SubscriptionId
from domain.subscriptions import Subscription


class MemorySubscriptions:
    """Implements application.ports.subscriptions.Subscriptions."""

    def __init__(self, state: State, write_set: WriteSet) -> None:
        self._state = state
        self._write_set = write_set

    async def of_member(self, member_id: MemberId) -> Sequence[Subscription]:
        await checkpoint()
        plans = (plan for plan in self._state.subscriptions.all() if plan.member_id == member_id)
        return sorted(plans, key=lambda plan: plan.id)

    async def live(self, *, after: SubscriptionId | None, limit: int) -> Sequence[Subscription]:
        await checkpoint()
        live = (
            plan
            for plan in self._state.subscriptions.all()
            if plan.is_live and plan.provider_subscription_id and (after is None or plan.id > after)
        )
        return nsmallest(limit, live, key=lambda plan: plan.id)

    def add(self, subscription: Subscription) -> None:
        self._write_set.insert(self._state.subscriptions, subscription)

    def save(self, subscription: Subscription) -> None:
        self._write_set.next_version(self._state.subscriptions, subscription)
