"""PasswordResets: the links to set a new password that were mailed."""

from datetime import datetime
from typing import Protocol

from domain.password_resets import PasswordReset


class PasswordResets(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def by_token(self, token_hash: bytes) -> PasswordReset | None:
        """The link whose token has that hash, live or not, unless a later one replaced it."""
        ...

    async def purge(self, *, expired_before: datetime, limit: int) -> int:
        """Delete, at once, at most `limit` that ran out before that; how many it were."""
        ...

    def put(self, reset: PasswordReset) -> None:
        """Store a user's link in the place of any earlier one of theirs."""
        ...
