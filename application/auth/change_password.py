"""ChangePassword: a caller replaces their own password."""

from dataclasses import dataclass

from application.audit.audit_recorder import AuditRecorder
from application.auth.password_policy import PasswordPolicy
from application.auth.rate_limiter import RateLimiter
from application.common.caller import Caller
from application.common.retry import retry_on_conflict
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.password_hasher import PasswordHasher
from application.ports.unit_of_work import Stale, UnitOfWork, UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.errors import InvalidCredentials
from domain.users import User


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """The current password and the new one."""

    current_password: str
    new_password: str

    def __repr__(self) -> str:
        return "PasswordChange()"


class ChangePassword:
    """Change the caller's password.

    Ends every other session and invalidates every access token. The caller's own session continues:
    its refresh token returns a new access token. Raises InvalidCredentials when the current
    password is wrong, which counts as a failed login, RateLimited after too many of those, and
    InvalidValue on `new_password`.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        ids: Ids,
        passwords: PasswordHasher,
        password_policy: PasswordPolicy,
        limiter: RateLimiter,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)
        self._passwords = passwords
        self._password_policy = password_policy
        self._limiter = limiter

    @retry_on_conflict
    async def __call__(self, caller: Caller, change: PasswordChange) -> None:
        async with self._unit_of_work() as uow:
            user = await uow.users.get(caller.user_id)
        if user is None:
            raise LookupError(f"The caller's user {caller.user_id} does not exist.")
        async with self._limiter.password_attempt(user.email.value, caller.client_address):
            if not await self._passwords.verify(change.current_password, user.password_hash):
                raise await self._record_failure(caller)
        new_hash = await self._password_policy.hash(
            change.new_password, user.email, field="new_password"
        )
        await self._change(caller, user, new_hash)

    async def _change(self, caller: Caller, verified: User, new_hash: str) -> None:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            user = await uow.users.get(verified.id)
            if user is None or user.password_hash != verified.password_hash:
                raise Stale("The password or its hash changed concurrently.")
            changed = user.with_new_password(new_hash, at=now)
            uow.users.save(changed)
            await self._keep_current_session(uow, caller, user, changed)
            self._audit.record(uow, AuditEvent.USER_PASSWORD_CHANGED, user.id, by=caller, at=now)
            await uow.commit()

    async def _keep_current_session(
        self, uow: UnitOfWork, caller: Caller, user: User, changed: User
    ) -> None:
        if caller.session_id is None:
            return
        session = await uow.refresh_sessions.get(caller.session_id)
        if session is not None and session.credentials_version == user.credentials_version:
            uow.refresh_sessions.save(
                session.revalidated(credentials_version=changed.credentials_version)
            )

    async def _record_failure(self, caller: Caller) -> InvalidCredentials:
        async with self._unit_of_work() as uow:
            self._audit.record(
                uow,
                AuditEvent.USER_LOG_IN_FAILED,
                caller.user_id,
                by=caller,
                at=self._clock.now(),
                occasion="password change",
            )
            await uow.commit()
        return InvalidCredentials("The current password is wrong.")
