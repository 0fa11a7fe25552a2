"""MemoryRefreshSessions, MemoryPasswordResets."""

from collections.abc import Sequence
from datetime import datetime
from heapq import nlargest
from itertools import islice

from adapters.memory.give_way import give_way
from adapters.memory.notes import Notes
from adapters.memory.state import LatestReset, State, UsedToken
from application.ports.sessions import PresentedToken
from domain.ids import SessionId, UserId
from domain.password_resets import PasswordReset
from domain.sessions import RefreshSession


class MemoryRefreshSessions:
    """The port RefreshSessions."""

    def __init__(self, state: State, write_set: Notes) -> None:
        self._state = state
        self._notes = write_set

    async def get(self, session_id: SessionId) -> RefreshSession | None:
        await give_way()
        return self._state.refresh_sessions.get(session_id)

    async def by_token(self, token_hash: bytes) -> PresentedToken | None:
        await give_way()
        if current := self._state.session_by_token.get(token_hash):
            return PresentedToken(current, is_used=False)
        used = self._state.used_tokens.get(token_hash)
        session = self._state.refresh_sessions.get(used.session_id) if used else None
        return PresentedToken(session, is_used=True) if session else None

    async def list_live(
        self, user_id: UserId, *, at: datetime, limit: int
    ) -> Sequence[RefreshSession]:
        await give_way()
        user = self._state.users.get(user_id)
        live = (
            session
            for session in self._state.sessions_by_user.get(user_id)
            if user and session.is_live(credentials_version=user.credentials_version, at=at)
        )
        return nlargest(limit, live, key=lambda session: (session.last_used_at, session.id))

    async def forget(self, *, over_before: datetime, limit: int) -> int:
        await give_way()
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
        self._notes.insert(self._state.refresh_sessions, session)

    def save(self, session: RefreshSession) -> None:
        self._notes.next_version(self._state.refresh_sessions, session)

    def rotate(self, session: RefreshSession, *, used: bytes) -> None:
        self._notes.next_version(self._state.refresh_sessions, session)
        self._notes.insert(self._state.used_tokens, UsedToken(used, session.id))


class MemoryPasswordResets:
    """The port PasswordResets."""

    def __init__(self, state: State, write_set: Notes) -> None:
        self._state = state
        self._notes = write_set

    async def by_token(self, token_hash: bytes) -> PasswordReset | None:
        await give_way()
        latest = self._state.reset_by_token.get(token_hash)
        return latest.reset if latest else None

    async def forget(self, *, expired_before: datetime, limit: int) -> int:
        await give_way()
        resets = self._state.password_resets
        expired = (latest for latest in resets.all() if latest.reset.expires_at < expired_before)
        deleted = list(islice(expired, limit))
        for latest in deleted:
            resets.remove(latest.id)
        return len(deleted)

    def put(self, reset: PasswordReset) -> None:
        self._notes.put(self._state.password_resets, LatestReset(reset))


def _end(session: RefreshSession) -> datetime:
    return min(session.expires_at, session.ended_at or session.expires_at)
