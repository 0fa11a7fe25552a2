"""AccountMailComposer: welcome, and the link to set a new password, which leads to `frontend_url`."""

from application.common.opaque_tokens import token_hash
from application.common.retry import retry_on_conflict
from application.jobs.job import Job
from application.mails.mail import AccountContent, MailType
from application.mails.mail_composer import ComposedMail, _user_id
from application.ports.clock import Clock
from application.ports.reset_tokens import ResetTokens
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.password_resets import RESET_LIFETIME, PasswordReset


class AccountMailComposer:
    """Welcome, and the link to set a new password, which leads to `frontend_url`.

    The token of such a link is made here, and here its hash is stored: it lies nowhere meanwhile.
    A link that was used up, or made needless by another password, is not made again.
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

    async def __call__(self, occasion: MailType, job: Job) -> ComposedMail | None:
        if occasion is MailType.PASSWORD_RESET:
            return await self._reset(job)
        async with self._unit_of_work() as uow:
            user = await uow.users.get(_user_id(job))
        return None if user is None else (user, AccountContent(link=self._frontend_url))

    @retry_on_conflict
    async def _reset(self, job: Job) -> ComposedMail | None:
        token = self._reset_tokens.token(job.id)
        credentials_version = int(job.payload["credentials_version"])
        async with self._unit_of_work() as uow:
            user = await uow.users.get(_user_id(job))
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
