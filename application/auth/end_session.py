"""EndSession: end one of the caller's sessions."""

from application.audit.audit_recorder import AuditRecorder
from application.common.caller import Caller
from application.common.retry import retry_on_conflict
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.errors import NotFound
from domain.ids import SessionId


class EndSession:
    """End one of the caller's sessions. Raises NotFound, also for another user's session."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)

    @retry_on_conflict
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
            self._audit.record(uow, AuditEvent.SESSION_ENDED, session_id, by=caller, at=now)
            await uow.commit()
