"""The port SessionLookup: who is signed in at this moment, which every request of a caller has to know."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.ids import SessionId, UserId
from domain.users import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """How a user and one of their log-ins stand just now: all that an access token depends on."""

    role: Role
    is_active: bool
    credentials_version: int
    session_is_active: bool


class SessionLookup(Protocol):
    """Outside of any unit of work, so that many callers can be looked up together."""

    async def get(
        self, user_id: UserId, session_id: SessionId, *, at: datetime
    ) -> SessionState | None:
        """How the user and that log-in of theirs stand, read at one instant; None without a user.

        A log-in is live that is theirs, has not been ended, and has not run out at that time. What
        was committed before the call is seen. Raises Unavailable.
        """
        ...
