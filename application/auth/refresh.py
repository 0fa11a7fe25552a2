"""Refresh: exchange a refresh token for new tokens, once."""

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
    """Renew a session. Raises RateLimited, InvalidToken, RefreshTokenReused.

    A refresh token that is used twice was stolen, or its successor was, and the server cannot tell
    which of the two callers is the user. The session therefore ends, and with it every token that
    it issued (RFC 9700, 4.14). Of any number of concurrent calls with one token, one receives new
    tokens and the others end the session.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        ids: Ids,
        session_issuer: SessionIssuer,
        limiter: RateLimiter,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)
        self._session_issuer = session_issuer
        self._limiter = limiter

    async def __call__(self, refresh_token: str, client: Client) -> Session:
        await self._limiter.check_refresh(client.address)
        return await self._refresh(token_hash(refresh_token), client)

    @retry_on_conflict
    async def _refresh(self, presented: bytes, client: Client) -> Session:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            match = await uow.refresh_sessions.by_token(presented)
            if match is None:
                raise InvalidToken("The refresh token is not valid.")
            if match.is_used:
                await self._end(uow, match.session, client)
                raise RefreshTokenReused("The refresh token was already used; log in again.")
            account = await uow.users.account(match.session.user_id)
            if (
                account is None
                or not account.user.is_active
                or not match.session.is_live(
                    credentials_version=account.user.credentials_version, at=now
                )
            ):
                raise InvalidToken("The refresh token is no longer valid.")
            session = self._session_issuer.renew(uow, account, match.session, at=now)
            await uow.commit()
            return session

    async def _end(self, uow: UnitOfWork, session: RefreshSession, client: Client) -> None:
        now = self._clock.now()
        if session.ended_at is None:
            uow.refresh_sessions.save(session.ended(at=now))
        self._audit.record_without_caller(
            uow,
            AuditEvent.SESSION_REFRESH_REUSED,
            session.id,
            actor_id=None,
            address=client.address,
            at=now,
            user_id=str(session.user_id),
        )
        await uow.commit()
