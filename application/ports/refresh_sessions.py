"""RefreshSessions: the sessions and their refresh tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.ids import SessionId, UserId
from domain.sessions import RefreshSession


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """The session that a refresh token belongs to; `is_used` when it was replaced by another."""

    session: RefreshSession
    is_used: bool


class RefreshSessions(Protocol):
    """The repository of sessions. Reads see committed data; `commit` applies the writes."""

    async def get(self, session_id: SessionId) -> RefreshSession | None:
        """Return the session with the id, live or not."""
        ...

    async def by_token(self, token_hash: bytes) -> PresentedToken | None:
        """Return the session, live or not, whose current or earlier token has the hash."""
        ...

    async def list_live(
        self, user_id: UserId, *, at: datetime, limit: int
    ) -> Sequence[RefreshSession]:
        """Return up to `limit` sessions of the user that are live at `at`, last used first."""
        ...

    async def purge(self, *, over_before: datetime, limit: int) -> int:
        """Delete up to `limit` sessions that ended or expired before `over_before`.

        Takes effect immediately, without a commit, and deletes their used tokens too. Returns the
        number of sessions deleted.
        """
        ...

    def add(self, session: RefreshSession) -> None:
        """Store a new session."""
        ...

    def save(self, session: RefreshSession) -> None:
        """Store the next version. The commit raises Stale after a concurrent change."""
        ...

    def rotate(self, session: RefreshSession, *, used: bytes) -> None:
        """Save the session, and store the hash of the token that it replaces as used."""
        ...
