"""RequestPasswordReset: enqueue a mail with a reset link."""

from application.audit.audit_recorder import AuditRecorder
from application.auth.client import Client
from application.auth.rate_limiter import RateLimiter
from application.mails.enqueue_mail import enqueue_mail
from application.mails.mail import MailType
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.errors import InvalidValue
from domain.users import EmailAddress, User


class RequestPasswordReset:
    """Enqueue a mail with a reset link if the address belongs to an active account.

    The response does not reveal whether it does: it is the same, after the same number of
    statements, and the mail is a job. The token is made when the job runs
    (`application.mails.account_mail_composer`). Raises RateLimited.
    """

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids, limiter: RateLimiter
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._ids = ids
        self._audit = AuditRecorder(ids)
        self._limiter = limiter

    async def __call__(self, email: str, client: Client) -> None:
        await self._limiter.check_password_reset(client.address)
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            user = await _find_active_user(uow, email)
            if user is not None:
                enqueue_mail(
                    uow,
                    MailType.PASSWORD_RESET,
                    str(self._ids.new()),
                    at=now,
                    user_id=user.id,
                    credentials_version=str(user.credentials_version),
                )
            self._audit.record_without_caller(
                uow,
                AuditEvent.USER_PASSWORD_RESET_REQUESTED,
                user.id if user else None,
                actor_id=None,
                address=client.address,
                at=now,
            )
            await uow.commit()


async def _find_active_user(uow: UnitOfWork, email: str) -> User | None:
    """Return the active user with the e-mail address; None also when it is malformed."""
    try:
        address = EmailAddress.parse(email)
    except InvalidValue:
        return None
    user = await uow.users.by_email(address)
    return user if user is not None and user.is_active else None
