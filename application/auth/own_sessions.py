"""LogOut, ListSessions, EndSession: a user's own sessions."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.audit import Audit
from application.auth.sessions import Client, token_hash
from application.caller import Caller
from application.paging import LARGEST_PAGE_SIZE
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from application.retry import retried_when_stale
from domain.audit import AuditEvent
from domain.errors import NotFound
from domain.ids import SessionId
from domain.sessions import RefreshSession


class LogOut:
    """End the session of a refresh token.

    A token that was already used ends its session too. An unknown token is no error: there is
    nothing to end.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = Audit(ids)

    @retried_when_stale
    async def __call__(self, refresh_token: str, client: Client) -> None:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            match = await uow.refresh_sessions.by_token(token_hash(refresh_token))
            if match is None or match.session.ended_at is not None:
                return
            uow.refresh_sessions.save(match.session.ended(at=now))
            self._audit.note_of(
                uow,
                AuditEvent.SESSION_ENDED,
                match.session.id,
                actor_id=match.session.user_id,
                address=client.address,
                at=now,
            )
            await uow.commit()


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One of the caller's sessions; `is_current` when the request was authenticated with it."""

    session: RefreshSession
    is_current: bool


class ListSessions:
    """List the caller's live sessions.

    Returns up to LARGEST_PAGE_SIZE, the most recently used first.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def __call__(self, caller: Caller) -> Sequence[OwnSession]:
        async with self._unit_of_work() as uow:
            live = await uow.refresh_sessions.list_live(
                caller.user_id, at=self._clock.now(), limit=LARGEST_PAGE_SIZE
            )
        return [OwnSession(session, session.id == caller.session_id) for session in live]


class EndSession:
    """End one of the caller's sessions. Raises NotFound, also for another user's session."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = Audit(ids)

    @retried_when_stale
    async def __call__(self, caller: Caller, session_id: SessionId) -> None:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            session = await uow.refresh_sessions.get(session_id)
            user = await uow.users.get(caller.user_id)
            if (
                session is None
                or user is None
                or session.user_id != user.id
                or not session.is_live(credentials_version=user.credentials_version, at=now)
            ):
                raise NotFound("There is no such session.")
            uow.refresh_sessions.save(session.ended(at=now))
            self._audit.note(uow, AuditEvent.SESSION_ENDED, session_id, by=caller, at=now)
            await uow.commit()
