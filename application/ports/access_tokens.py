"""AccessTokens: short-lived proof of who is calling."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain.ids import SessionId, UserId


@dataclass(frozen=True, slots=True)
class Claims:
    """What a genuine token says: whose it is, from which log-in, and since when (UTC).

    `credentials_version` is the user's when it was issued: another password makes it another one.
    """

    user_id: UserId
    session_id: SessionId
    credentials_version: int
    issued_at: datetime


class AccessTokens(Protocol):
    """Signs tokens and checks them. Knows nothing of whether the user may still sign in."""

    @property
    def lifetime(self) -> timedelta:
        """How long a new token is good for."""
        ...

    def issue(
        self, user_id: UserId, session_id: SessionId, credentials_version: int, *, at: datetime
    ) -> str:
        """A token for that user and log-in, good from `at` for `lifetime`."""
        ...

    def verify(self, token: str, *, at: datetime) -> Claims:
        """What the token says. Raises InvalidToken: expired, forged, or no access token."""
        ...
