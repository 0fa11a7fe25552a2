"""MemoryMembers: the port Members."""

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from adapters.memory.write_set import WriteSet
from domain.ids import UserId
from domain.users import Member


class MemoryMembers:
    """The port Members."""

    def __init__(self, state: State, write_set: WriteSet) -> None:
        self._state = state
        self._write_set = write_set

    async def of_user(self, user_id: UserId) -> Member | None:
        await checkpoint()
        return self._state.member_by_user.get(user_id)

    async def of_customer(self, payment_customer_id: str) -> Member | None:
        await checkpoint()
        return self._state.member_by_customer.get(payment_customer_id)

    def add(self, member: Member) -> None:
        self._write_set.insert(self._state.members, member)

    def save(self, member: Member) -> None:
        self._write_set.next_version(self._state.members, member)
