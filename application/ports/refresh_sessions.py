"""RefreshSessions: the log-ins that can be kept alive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.ids import SessionId, UserId
from domain.sessions import RefreshSession


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """The log-in that a refresh token belongs to, and whether the token was used before."""

    session: RefreshSession
    is_used: bool


class RefreshSessions(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def get(self, session_id: SessionId) -> RefreshSession | None:
        """The log-in with that id, live or not."""
        ...

    async def by_token(self, token_hash: bytes) -> PresentedToken | None:
        """The log-in, live or not, whose present or earlier token has that hash."""
        ...

    async def live_of(
        self, user_id: UserId, *, at: datetime, limit: int
    ) -> Sequence[RefreshSession]:
        """At most `limit` of that user's log-ins that are live at that time, last used first."""
        ...

    async def purge(self, *, over_before: datetime, limit: int) -> int:
        """Delete, at once, at most `limit` that ended or ran out before that; how many it were.

        The tokens that they used up are forgotten with them.
        """
        ...

    def add(self, session: RefreshSession) -> None:
        """Store a new log-in."""
        ...

    def save(self, session: RefreshSession) -> None:
        """Store the next version. The commit is Stale when another was stored meanwhile."""
        ...

    def rotate(self, session: RefreshSession, *, used: bytes) -> None:
        """As `save`, and remember the hash of the token that was used up for it."""
        ...
