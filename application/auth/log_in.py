"""LogIn: e-mail address and password for a session."""

from dataclasses import dataclass

from application.audit.audit_recorder import AuditRecorder
from application.auth.client import Client
from application.auth.rate_limiter import RateLimiter
from application.auth.session_issuer import Session, SessionIssuer
from application.common.retry import retry_on_conflict
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.password_hasher import PasswordHasher
from application.ports.unit_of_work import Stale, UnitOfWork, UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.errors import InvalidCredentials, InvalidValue
from domain.ids import UserId
from domain.users import Account, EmailAddress, User


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed. The address may be anything: a malformed one is nobody's."""

    email: str
    password: str

    def __repr__(self) -> str:
        return "Credentials()"


class LogIn:
    """Open a session. Raises InvalidCredentials, RateLimited.

    An unknown address, a wrong password and a deactivated account get the same answer after the
    same work. A hash made with other parameters than those in force is renewed.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        ids: Ids,
        passwords: PasswordHasher,
        sessions: SessionIssuer,
        limiter: RateLimiter,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)
        self._passwords = passwords
        self._sessions = sessions
        self._limiter = limiter

    async def __call__(self, credentials: Credentials, client: Client) -> Session:
        async with self._limiter.password_check(credentials.email, client.address):
            return await self._log_in(credentials, client)

    @retry_on_conflict
    async def _log_in(self, credentials: Credentials, client: Client) -> Session:
        user = await self._find(credentials.email)
        password_hash = user.password_hash if user else None
        is_right = await self._passwords.verify(credentials.password, password_hash)
        if user is None or not is_right or not user.is_active:
            raise await self._failure(user.id if user else None, client)
        renewed = None
        if self._passwords.needs_rehash(user.password_hash):
            renewed = await self._passwords.hash(credentials.password)
        return await self._open(user, renewed, client)

    async def _find(self, email: str) -> User | None:
        try:
            address = EmailAddress.parse(email)
        except InvalidValue:
            return None
        async with self._unit_of_work() as uow:
            return await uow.users.by_email(address)

    async def _open(self, verified: User, renewed_hash: str | None, client: Client) -> Session:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            account = await uow.users.account(verified.id)
            if account is None or not account.user.is_active:
                raise await self._failure(verified.id, client)
            if account.user.password_hash != verified.password_hash:
                raise Stale("The password, or only its hash, was renewed meanwhile.")
            if renewed_hash is not None:
                user = account.user.with_password_hash(renewed_hash, at=now)
                uow.users.save(user)
                account = Account(user, account.member)
            session = self._sessions.open(uow, account, client, at=now)
            self._note(uow, AuditEvent.USER_LOGGED_IN, verified.id, client)
            await uow.commit()
            return session

    async def _failure(self, user_id: UserId | None, client: Client) -> InvalidCredentials:
        """The refusal, recorded. The address that was typed is not: it may be a password."""
        async with self._unit_of_work() as uow:
            self._note(uow, AuditEvent.USER_LOG_IN_FAILED, user_id, client)
            await uow.commit()
        return InvalidCredentials("E-mail address or password is wrong.")

    def _note(
        self, uow: UnitOfWork, event: AuditEvent, user_id: UserId | None, client: Client
    ) -> None:
        logged_in = event is AuditEvent.USER_LOGGED_IN
        self._audit.record_entry(
            uow,
            event,
            user_id,
            actor_id=user_id if logged_in else None,
            address=client.address,
            at=self._clock.now(),
        )
