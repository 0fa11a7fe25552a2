"""RefreshSession: a session, renewed by a refresh token of which only the hash is stored."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from domain.ids import SessionId, UserId

MAX_SESSION_AGE = timedelta(days=180)
"""The maximum age of a session; afterwards the user has to log in again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshSession:
    """A session: its origin, its refresh token and when that expires.

    Each refresh extends the session, but never beyond MAX_SESSION_AGE after its start. It is valid
    under the user's `credentials_version` only.
    """

    id: SessionId
    user_id: UserId
    token_hash: bytes
    user_agent: str | None
    client_address: str | None
    credentials_version: int = 1
    version: int = 1
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None

    def __repr__(self) -> str:
        return f"RefreshSession(id={self.id}, user_id={self.user_id})"

    def is_live(self, *, credentials_version: int, at: datetime) -> bool:
        """Whether its token may be used; `credentials_version` is the user's current one."""
        is_valid = self.credentials_version == credentials_version
        return is_valid and self.ended_at is None and at < self.expires_at

    def refreshed(self, token_hash: bytes, *, lifetime: timedelta, at: datetime) -> Self:
        """The session with a new token, valid for `lifetime` or until the maximum age.

        A clock that was set back does not make it expire before its start.
        """
        since = max(at, self.created_at)
        return replace(
            self,
            token_hash=token_hash,
            version=self.version + 1,
            last_used_at=at,
            expires_at=min(since + lifetime, self.created_at + MAX_SESSION_AGE),
        )

    def revalidated(self, *, credentials_version: int) -> Self:
        """The session, valid under the user's new credentials version."""
        return replace(self, credentials_version=credentials_version, version=self.version + 1)

    def ended(self, *, at: datetime) -> Self:
        """The session, permanently ended."""
        return replace(self, ended_at=at, version=self.version + 1)
