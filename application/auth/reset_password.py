"""ForgetPassword, ResetPassword: set a new password with a link sent by mail."""

from application.audit import Audit
from application.auth.limits import Limiter
from application.auth.new_passwords import NewPasswords
from application.auth.sessions import Client, token_hash
from application.mails.note_mail import note_mail
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.mailer import Occasion
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from application.retry import retried_when_stale
from domain.audit import AuditEvent
from domain.errors import InvalidToken, InvalidValue
from domain.users import EmailAddress, User


class ForgetPassword:
    """Enqueue a password reset mail.

    Does nothing when no active account has the e-mail address. The caller cannot tell: the result
    is the same after the same number of statements, and a job sends the mail. The token is created
    when that job runs (`application.mails.writers`). Raises RateLimited.
    """

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids, limiter: Limiter
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._ids = ids
        self._audit = Audit(ids)
        self._limiter = limiter

    async def __call__(self, email: str, client: Client) -> None:
        await self._limiter.check_password_reset(client.address)
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            user = await _find_active_user(uow, email)
            if user is not None:
                note_mail(
                    uow,
                    Occasion.PASSWORD_RESET,
                    str(self._ids.new()),
                    at=now,
                    user_id=user.id,
                    credentials_version=str(user.credentials_version),
                )
            self._audit.note_of(
                uow,
                AuditEvent.USER_PASSWORD_RESET_REQUESTED,
                user.id if user else None,
                actor_id=None,
                address=client.address,
                at=now,
            )
            await uow.commit()


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
        password_policy: NewPasswords,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = Audit(ids)
        self._password_policy = password_policy

    async def __call__(self, token: str, new_password: str, client: Client) -> None:
        presented = token_hash(token)
        async with self._unit_of_work() as uow:
            user = await self._owner(uow, presented)
        new_hash = await self._password_policy.hash(new_password, user.email, field="new_password")
        await self._reset(presented, new_hash, client)

    @retried_when_stale
    async def _reset(self, presented: bytes, new_hash: str, client: Client) -> None:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            user = await self._owner(uow, presented)
            uow.users.save(user.with_new_password(new_hash, at=now))
            self._audit.note_of(
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


async def _find_active_user(uow: UnitOfWork, email: str) -> User | None:
    """Return the active user with the e-mail address; None also when it is malformed."""
    try:
        address = EmailAddress.parse(email)
    except InvalidValue:
        return None
    user = await uow.users.by_email(address)
    return user if user is not None and user.is_active else None
