"""AccessTokens: short-lived tokens that authenticate a caller."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain.ids import SessionId, UserId


@dataclass(frozen=True, slots=True)
class Claims:
    """The content of a valid token: its user, their session, and when it was issued (UTC).

    `credentials_version` is the user's at that time; a new password changes the user's version.
    """

    user_id: UserId
    session_id: SessionId
    credentials_version: int
    issued_at: datetime


class AccessTokens(Protocol):
    """Issues and verifies tokens. Does not check whether user and session are still active."""

    @property
    def lifetime(self) -> timedelta:
        """The time for which a new token is valid."""
        ...

    def issue(
        self, user_id: UserId, session_id: SessionId, credentials_version: int, *, at: datetime
    ) -> str:
        """Return a token for the user and session, valid from `at` for `lifetime`."""
        ...

    def verify(self, token: str, *, at: datetime) -> Claims:
        """Return the claims. Raises InvalidToken if expired, forged or not an access token."""
        ...
