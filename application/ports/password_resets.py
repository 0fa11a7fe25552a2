"""PasswordResets: the mailed links to set a new password."""

from datetime import datetime
from typing import Protocol

from domain.password_resets import PasswordReset


class PasswordResets(Protocol):
    """The repository of password resets. Reads see committed data; `commit` applies the writes."""

    async def by_token(self, token_hash: bytes) -> PasswordReset | None:
        """Return the reset whose token has the hash, live or not; None when it was replaced."""
        ...

    async def purge(self, *, expired_before: datetime, limit: int) -> int:
        """Delete up to `limit` resets that expired before `expired_before`.

        Takes effect immediately, without a commit. Returns the number deleted.
        """
        ...

    def put(self, reset: PasswordReset) -> None:
        """Store a user's reset; it replaces an earlier one."""
        ...
