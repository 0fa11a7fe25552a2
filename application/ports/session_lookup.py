"""SessionLookup: the user and the session of a request."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.ids import SessionId, UserId
from domain.users import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """The current state of a user and one of their sessions: what an access token depends on."""

    role: Role
    is_active: bool
    credentials_version: int
    session_is_active: bool


class SessionLookup(Protocol):
    """Reads outside of a unit of work, so that concurrent look-ups can share one statement."""

    async def get(
        self, user_id: UserId, session_id: SessionId, *, at: datetime
    ) -> SessionState | None:
        """Return the state of the user and the session, from one snapshot; None without a user.

        The session is active when it belongs to the user, has not been ended, has not expired at
        `at` and has the user's credentials version. Sees everything committed before the call.
        Raises Unavailable.
        """
        ...
