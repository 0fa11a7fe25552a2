"""LogIn: start a session with e-mail address and password."""

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
    """The input as typed; a malformed e-mail address is treated as an unknown one."""

    email: str
    password: str

    def __repr__(self) -> str:
        return "Credentials()"


class LogIn:
    """Start a session. Raises InvalidCredentials, RateLimited.

    An unknown address, a wrong password and a deactivated account lead to the same error after the
    same work, so that none reveals whether an account exists. A password hash with outdated
    parameters is replaced.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        ids: Ids,
        passwords: PasswordHasher,
        session_issuer: SessionIssuer,
        limiter: RateLimiter,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)
        self._passwords = passwords
        self._session_issuer = session_issuer
        self._limiter = limiter

    async def __call__(self, credentials: Credentials, client: Client) -> Session:
        async with self._limiter.password_attempt(credentials.email, client.address):
            return await self._log_in(credentials, client)

    @retry_on_conflict
    async def _log_in(self, credentials: Credentials, client: Client) -> Session:
        user = await self._find_user(credentials.email)
        password_hash = user.password_hash if user else None
        is_correct = await self._passwords.verify(credentials.password, password_hash)
        if user is None or not is_correct or not user.is_active:
            raise await self._record_failure(user.id if user else None, client)
        new_hash = None
        if self._passwords.needs_rehash(user.password_hash):
            new_hash = await self._passwords.hash(credentials.password)
        return await self._start_session(user, new_hash, client)

    async def _find_user(self, email: str) -> User | None:
        try:
            address = EmailAddress.parse(email)
        except InvalidValue:
            return None
        async with self._unit_of_work() as uow:
            return await uow.users.by_email(address)

    async def _start_session(self, verified: User, new_hash: str | None, client: Client) -> Session:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            account = await uow.users.account(verified.id)
            if account is None or not account.user.is_active:
                raise await self._record_failure(verified.id, client)
            if account.user.password_hash != verified.password_hash:
                raise Stale("The password or its hash changed concurrently.")
            if new_hash is not None:
                user = account.user.with_password_hash(new_hash, at=now)
                uow.users.save(user)
                account = Account(user, account.member)
            session = self._session_issuer.start(uow, account, client, at=now)
            self._record(uow, AuditEvent.USER_LOGGED_IN, verified.id, client)
            await uow.commit()
            return session

    async def _record_failure(self, user_id: UserId | None, client: Client) -> InvalidCredentials:
        """Record the failure and return the error.

        The e-mail address as typed is not recorded: it may be a mistyped password.
        """
        async with self._unit_of_work() as uow:
            self._record(uow, AuditEvent.USER_LOG_IN_FAILED, user_id, client)
            await uow.commit()
        return InvalidCredentials("E-mail address or password is wrong.")

    def _record(
        self, uow: UnitOfWork, event: AuditEvent, user_id: UserId | None, client: Client
    ) -> None:
        is_logged_in = event is AuditEvent.USER_LOGGED_IN
        self._audit.record_without_caller(
            uow,
            event,
            user_id,
            actor_id=user_id if is_logged_in else None,
            address=client.address,
            at=self._clock.now(),
        )
