"""ResetPassword: set a new password with a mailed token."""

from application.audit.audit_recorder import AuditRecorder
from application.auth.client import Client
from application.auth.password_policy import PasswordPolicy
from application.common.opaque_tokens import token_hash
from application.common.retry import retry_on_conflict
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.errors import InvalidToken
from domain.users import User


class ResetPassword:
    """Set a new password with a mailed token.

    Ends every session of the user. Raises InvalidToken for a token that is unknown, used, replaced
    by a later one or expired, and InvalidValue on `new_password`; the token then stays valid.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        ids: Ids,
        password_policy: PasswordPolicy,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)
        self._password_policy = password_policy

    async def __call__(self, token: str, new_password: str, client: Client) -> None:
        presented = token_hash(token)
        async with self._unit_of_work() as uow:
            user = await self._owner(uow, presented)
        new_hash = await self._password_policy.hash(new_password, user.email, field="new_password")
        await self._reset(presented, new_hash, client)

    @retry_on_conflict
    async def _reset(self, presented: bytes, new_hash: str, client: Client) -> None:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            user = await self._owner(uow, presented)
            uow.users.save(user.with_new_password(new_hash, at=now))
            self._audit.record_without_caller(
                uow,
                AuditEvent.USER_PASSWORD_RESET,
                user.id,
                actor_id=user.id,
                address=client.address,
                at=now,
            )
            await uow.commit()

    async def _owner(self, uow: UnitOfWork, presented: bytes) -> User:
        """Return the user of a valid token. Raises InvalidToken."""
        reset = await uow.password_resets.by_token(presented)
        user = await uow.users.get(reset.user_id) if reset else None
        if (
            reset is None
            or user is None
            or not user.is_active
            or not reset.is_live(credentials_version=user.credentials_version, at=self._clock.now())
        ):
            raise InvalidToken("The password reset link is invalid or has expired.")
        return user
