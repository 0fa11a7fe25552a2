"""LogOut: end the session of a refresh token."""

from application.audit.audit_recorder import AuditRecorder
from application.auth.client import Client
from application.common.opaque_tokens import token_hash
from application.common.retry import retry_on_conflict
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.audit import AuditEvent


class LogOut:
    """End the session of a refresh token.

    A token that was already used ends its session too. An unknown token is no error: there is
    nothing to end.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)

    @retry_on_conflict
    async def __call__(self, refresh_token: str, client: Client) -> None:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            match = await uow.refresh_sessions.by_token(token_hash(refresh_token))
            if match is None or match.session.ended_at is not None:
                return
            uow.refresh_sessions.save(match.session.ended(at=now))
            self._audit.record_without_caller(
                uow,
                AuditEvent.SESSION_ENDED,
                match.session.id,
                actor_id=match.session.user_id,
                address=client.address,
                at=now,
            )
            await uow.commit()
