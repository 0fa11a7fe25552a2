"""SignUp: create a member's account and log them in."""

from application.audit.audit_recorder import AuditRecorder
from application.auth.account_factory import AccountFactory, NewAccount
from application.auth.client import Client
from application.auth.rate_limiter import RateLimiter
from application.auth.session_issuer import Session, SessionIssuer
from application.common.retry import retry_on_conflict
from application.mails.enqueue_mail import enqueue_mail
from application.mails.mail import MailType
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.users import Role


class SignUp:
    """Create an account of the role MEMBER and start a session.

    Raises RateLimited, InvalidValue when the password is not accepted, EmailTaken.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        ids: Ids,
        account_factory: AccountFactory,
        session_issuer: SessionIssuer,
        limiter: RateLimiter,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)
        self._account_factory = account_factory
        self._session_issuer = session_issuer
        self._limiter = limiter

    async def __call__(self, new: NewAccount, client: Client) -> Session:
        if new.role is not Role.MEMBER:
            raise ValueError("A sign-up creates a member.")
        await self._limiter.check_sign_up(client.address)
        # Hashing takes longest and depends on nothing that is read, so a retry does not repeat it.
        return await self._create(new, await self._account_factory.hash_password(new), client)

    @retry_on_conflict
    async def _create(self, new: NewAccount, password_hash: str, client: Client) -> Session:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            account = await self._account_factory.create(uow, new, password_hash, at=now)
            session = self._session_issuer.start(uow, account, client, at=now)
            self._audit.record_without_caller(
                uow,
                AuditEvent.USER_SIGNED_UP,
                account.user.id,
                actor_id=account.user.id,
                address=client.address,
                at=now,
            )
            user_id = account.user.id
            enqueue_mail(uow, MailType.WELCOME, str(user_id), at=now, user_id=user_id)
            await uow.commit()
            return session
