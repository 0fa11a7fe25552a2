"""CreateAdmin: an operator gives somebody an account that runs the house."""

from application.audit.audit_recorder import AuditRecorder
from application.auth.account_factory import AccountFactory, NewAccount
from application.common.retry import retry_on_conflict
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.users import Account


class CreateAdmin:
    """Make an account of any role. For operators at the command line, so nobody's role is asked.

    Raises InvalidValue for a bad password, EmailTaken.
    """

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids, accounts: AccountFactory
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)
        self._accounts = accounts

    async def __call__(self, new: NewAccount) -> Account:
        return await self._open(new, await self._accounts.hash_password(new))

    @retry_on_conflict
    async def _open(self, new: NewAccount, password_hash: str) -> Account:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            account = await self._accounts.open(uow, new, password_hash, at=now)
            self._audit.record_entry(
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
