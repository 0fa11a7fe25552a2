"""SignUp: somebody becomes a member, and is logged in at once."""

from application.audit import Audit
from application.auth.accounts import Accounts, NewAccount
from application.auth.limits import Limiter
from application.auth.sessions import Client, Session, Sessions
from application.mails.note_mail import note_mail
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.mailer import Occasion
from application.ports.unit_of_work import UnitOfWorkFactory
from application.retry import retried_when_stale
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
        accounts: Accounts,
        sessions: Sessions,
        limiter: Limiter,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = Audit(ids)
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

    @retried_when_stale
    async def _open(self, new: NewAccount, password_hash: str, client: Client) -> Session:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            account = await self._accounts.open(uow, new, password_hash, at=now)
            session = self._sessions.open(uow, account, client, at=now)
            self._audit.note_of(
                uow,
                AuditEvent.USER_SIGNED_UP,
                account.user.id,
                actor_id=account.user.id,
                address=client.address,
                at=now,
            )
            user_id = account.user.id
            note_mail(uow, Occasion.WELCOME, str(user_id), at=now, user_id=user_id)
            await uow.commit()
            return session
