"""RefreshSession: one log-in, kept alive by a refresh token of which only the hash is stored."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from domain.ids import SessionId, UserId

LONGEST_LOG_IN = timedelta(days=180)
"""After so long somebody has to give the password again, however often they came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshSession:
    """A log-in, from where it came, and until when its refresh token is good.

    Each refresh puts the end off again, but never beyond LONGEST_LOG_IN from the beginning.
    `credentials_version` is the user's under which it is good.
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
        """Whether its token may be used, by a user whose present credentials version that is."""
        is_good = self.credentials_version == credentials_version
        return is_good and self.ended_at is None and at < self.expires_at

    def refreshed(self, token_hash: bytes, *, lifetime: timedelta, at: datetime) -> Self:
        """The log-in with a new token, which is good for the lifetime if it may last so long.

        A clock that was set back makes none end before it began.
        """
        since = max(at, self.created_at)
        return replace(
            self,
            token_hash=token_hash,
            version=self.version + 1,
            last_used_at=at,
            expires_at=min(since + lifetime, self.created_at + LONGEST_LOG_IN),
        )

    def revalidated(self, *, credentials_version: int) -> Self:
        """The log-in, good under the user's next credentials version too."""
        return replace(self, credentials_version=credentials_version, version=self.version + 1)

    def ended(self, *, at: datetime) -> Self:
        """The log-in, over for good."""
        return replace(self, ended_at=at, version=self.version + 1)
