"""CreateAdmin: an operator creates an account of any role."""

from application.audit import Audit
from application.auth.accounts import Accounts, NewAccount
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from application.retry import retried_when_stale
from domain.audit import AuditEvent
from domain.users import Account


class CreateAdmin:
    """Create an account of any role.

    For operators at the command line, so there is no caller whose permission is checked. Raises
    InvalidValue when the password is not accepted, EmailTaken.
    """

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids, account_factory: Accounts
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = Audit(ids)
        self._account_factory = account_factory

    async def __call__(self, new: NewAccount) -> Account:
        return await self._create(new, await self._account_factory.hash_password(new))

    @retried_when_stale
    async def _create(self, new: NewAccount, password_hash: str) -> Account:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            account = await self._account_factory.create(uow, new, password_hash, at=now)
            self._audit.note_of(
                uow,
                AuditEvent.USER_CREATED,
                account.user.id,
                actor_id=None,
                address=None,
                at=now,
                role=new.role,
            )
            await uow.commit()
            return account
