"""MemorySessionLookup: the port SessionLookup in memory."""

from datetime import datetime

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State
from application.ports.session_lookup import SessionState
from domain.ids import SessionId, UserId


class MemorySessionLookup:
    """The port SessionLookup."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def get(
        self, user_id: UserId, session_id: SessionId, *, at: datetime
    ) -> SessionState | None:
        await checkpoint()
        user = self._state.users.get(user_id)
        if user is None:
            return None
        session = self._state.refresh_sessions.get(session_id)
        return SessionState(
            role=user.role,
            is_active=user.is_active,
            credentials_version=user.credentials_version,
            session_is_active=(
                session is not None
                and session.user_id == user_id
                and session.is_live(credentials_version=user.credentials_version, at=at)
            ),
        )
