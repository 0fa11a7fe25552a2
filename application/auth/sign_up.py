"""SignUp: somebody becomes a member, and is logged in at once."""

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
    """Make an account, always a MEMBER's.

    Raises RateLimited, InvalidValue for a bad password, EmailTaken.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        ids: Ids,
        accounts: AccountFactory,
        sessions: SessionIssuer,
        limiter: RateLimiter,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)
        self._accounts = accounts
        self._sessions = sessions
        self._limiter = limiter

    async def __call__(self, new: NewAccount, client: Client) -> Session:
        if new.role is not Role.MEMBER:
            raise ValueError("Whoever signs up is a member.")
        await self._limiter.sign_up(client.address)
        # Hashed before anything is read: it takes longest, and its result does not depend on what
        # is read.
        return await self._open(new, await self._accounts.hash_password(new), client)

    @retry_on_conflict
    async def _open(self, new: NewAccount, password_hash: str, client: Client) -> Session:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            account = await self._accounts.open(uow, new, password_hash, at=now)
            session = self._sessions.open(uow, account, client, at=now)
            self._audit.record_entry(
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
