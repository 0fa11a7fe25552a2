"""MemoryPasswordResets: the port PasswordResets."""

from datetime import datetime
from itertools import islice

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import LatestReset, State
from adapters.memory.write_set import WriteSet
from domain.password_resets import PasswordReset


class MemoryPasswordResets:
    """The port PasswordResets."""

    def __init__(self, state: State, write_set: WriteSet) -> None:
        self._state = state
        self._write_set = write_set

    async def by_token(self, token_hash: bytes) -> PasswordReset | None:
        await checkpoint()
        latest = self._state.reset_by_token.get(token_hash)
        return latest.reset if latest else None

    async def purge(self, *, expired_before: datetime, limit: int) -> int:
        await checkpoint()
        resets = self._state.password_resets
        expired = (latest for latest in resets.all() if latest.reset.expires_at < expired_before)
        deleted = list(islice(expired, limit))
        for latest in deleted:
            resets.remove(latest.id)
        return len(deleted)

    def put(self, reset: PasswordReset) -> None:
        self._write_set.put(self._state.password_resets, LatestReset(reset))
