"""Refresh: a refresh token for a new session, once."""

from application.audit.audit_recorder import AuditRecorder
from application.auth.client import Client
from application.auth.rate_limiter import RateLimiter
from application.auth.session_issuer import Session, SessionIssuer
from application.common.opaque_tokens import token_hash
from application.common.retry import retry_on_conflict
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.errors import InvalidToken, RefreshTokenReused
from domain.sessions import RefreshSession


class Refresh:
    """Renew a log-in. Raises RateLimited, InvalidToken, RefreshTokenReused.

    A token that comes a second time was stolen, or what it gave was; nobody can tell who has it
    now. So the whole log-in is ended, with every token that came of it (RFC 9700, 4.14). Of any
    number of calls with one token at the same time one gets a session, and the others end it.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        ids: Ids,
        sessions: SessionIssuer,
        limiter: RateLimiter,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)
        self._sessions = sessions
        self._limiter = limiter

    async def __call__(self, refresh_token: str, client: Client) -> Session:
        await self._limiter.refresh(client.address)
        return await self._refresh(token_hash(refresh_token), client)

    @retry_on_conflict
    async def _refresh(self, presented: bytes, client: Client) -> Session:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            found = await uow.refresh_sessions.by_token(presented)
            if found is None:
                raise InvalidToken("The refresh token is not valid.")
            if found.is_used:
                await self._end(uow, found.session, client)
                raise RefreshTokenReused("The refresh token was used before; log in again.")
            account = await uow.users.account(found.session.user_id)
            if (
                account is None
                or not account.user.is_active
                or not found.session.is_live(
                    credentials_version=account.user.credentials_version, at=now
                )
            ):
                raise InvalidToken("The refresh token is no longer honoured.")
            session = self._sessions.renew(uow, account, found.session, at=now)
            await uow.commit()
            return session

    async def _end(self, uow: UnitOfWork, log_in: RefreshSession, client: Client) -> None:
        now = self._clock.now()
        if log_in.ended_at is None:
            uow.refresh_sessions.save(log_in.ended(at=now))
        self._audit.record_entry(
            uow,
            AuditEvent.SESSION_REFRESH_REUSED,
            log_in.id,
            actor_id=None,
            address=client.address,
            at=now,
            user_id=str(log_in.user_id),
        )
        await uow.commit()
