"""AccountMailComposer: welcome mails and password reset links."""

from application.common.opaque_tokens import token_hash
from application.common.retry import retry_on_conflict
from application.jobs.job import Job
from application.mails.mail import AccountContent, MailType
from application.mails.mail_composer import ComposedMail, user_id_of
from application.ports.clock import Clock
from application.ports.reset_tokens import ResetTokens
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.password_resets import RESET_LIFETIME, PasswordReset


class AccountMailComposer:
    """Composes welcome mails and password reset links below `frontend_url`.

    The reset token is generated here and its hash stored here, so the token exists nowhere before.
    A job for a password that has changed since gets no link.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        reset_tokens: ResetTokens,
        frontend_url: str,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._reset_tokens = reset_tokens
        self._frontend_url = frontend_url.rstrip("/")

    async def __call__(self, mail_type: MailType, job: Job) -> ComposedMail | None:
        if mail_type is MailType.PASSWORD_RESET:
            return await self._reset(job)
        async with self._unit_of_work() as uow:
            user = await uow.users.get(user_id_of(job))
        return None if user is None else (user, AccountContent(link=self._frontend_url))

    @retry_on_conflict
    async def _reset(self, job: Job) -> ComposedMail | None:
        token = self._reset_tokens.token(job.id)
        credentials_version = int(job.payload["credentials_version"])
        async with self._unit_of_work() as uow:
            user = await uow.users.get(user_id_of(job))
            if (
                user is None
                or not user.is_active
                or user.credentials_version != credentials_version
            ):
                return None
            uow.password_resets.put(
                PasswordReset(
                    user_id=user.id,
                    token_hash=token_hash(token),
                    credentials_version=credentials_version,
                    expires_at=self._clock.now() + RESET_LIFETIME,
                )
            )
            await uow.commit()
        link = f"{self._frontend_url}/reset-password?token={token}"
        return user, AccountContent(link=link)
