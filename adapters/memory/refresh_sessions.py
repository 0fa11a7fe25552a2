"""MemoryRefreshSessions: the port RefreshSessions."""

from collections.abc import Sequence
from datetime import datetime
from heapq import nlargest
from itertools import islice

from adapters.memory.checkpoint import checkpoint
from adapters.memory.state import State, UsedToken
from adapters.memory.write_set import WriteSet
from application.ports.refresh_sessions import PresentedToken
from domain.ids import SessionId, UserId
from domain.sessions import RefreshSession


class MemoryRefreshSessions:
    """The port RefreshSessions."""

    def __init__(self, state: State, write_set: WriteSet) -> None:
        self._state = state
        self._write_set = write_set

    async def get(self, session_id: SessionId) -> RefreshSession | None:
        await checkpoint()
        return self._state.refresh_sessions.get(session_id)

    async def by_token(self, token_hash: bytes) -> PresentedToken | None:
        await checkpoint()
        if current := self._state.session_by_token.get(token_hash):
            return PresentedToken(current, is_used=False)
        used = self._state.used_tokens.get(token_hash)
        session = self._state.refresh_sessions.get(used.session_id) if used else None
        return PresentedToken(session, is_used=True) if session else None

    async def list_live(
        self, user_id: UserId, *, at: datetime, limit: int
    ) -> Sequence[RefreshSession]:
        await checkpoint()
        user = self._state.users.get(user_id)
        live = (
            session
            for session in self._state.sessions_by_user.get(user_id)
            if user and session.is_live(credentials_version=user.credentials_version, at=at)
        )
        return nlargest(limit, live, key=lambda session: (session.last_used_at, session.id))

    async def purge(self, *, over_before: datetime, limit: int) -> int:
        await checkpoint()
        over = (
            session for session in self._state.refresh_sessions.all() if _end(session) < over_before
        )
        deleted = list(islice(over, limit))
        for session in deleted:
            for used in list(self._state.used_tokens_by_session.get(session.id)):
                self._state.used_tokens.remove(used.id)
            self._state.refresh_sessions.remove(session.id)
        return len(deleted)

    def add(self, session: RefreshSession) -> None:
        self._write_set.insert(self._state.refresh_sessions, session)

    def save(self, session: RefreshSession) -> None:
        self._write_set.next_version(self._state.refresh_sessions, session)

    def rotate(self, session: RefreshSession, *, used: bytes) -> None:
        self._write_set.next_version(self._state.refresh_sessions, session)
        self._write_set.insert(self._state.used_tokens, UsedToken(used, session.id))


def _end(session: RefreshSession) -> datetime:
    return min(session.expires_at, session.ended_at or session.expires_at)
