"""MemoryLogIns."""

from datetime import datetime

from adapters.memory.give_way import give_way
from adapters.memory.state import State
from application.ports.log_ins import SignedIn
from domain.ids import SessionId, UserId


class MemoryLogIns:
    """The port LogIns."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def signed_in(
        self, user_id: UserId, session_id: SessionId, *, at: datetime
    ) -> SignedIn | None:
        await give_way()
        user = self._state.users.get(user_id)
        if user is None:
            return None
        session = self._state.refresh_sessions.get(session_id)
        return SignedIn(
            role=user.role,
            is_active=user.is_active,
            credentials_version=user.credentials_version,
            session_is_live=(
                session is not None
                and session.user_id == user_id
                and session.is_live(credentials_version=user.credentials_version, at=at)
            ),
        )
