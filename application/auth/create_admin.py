"""CreateAdmin: an operator creates an account of any role."""

from application.audit.audit_recorder import AuditRecorder
from application.auth.account_factory import AccountFactory, NewAccount
from application.common.retry import retry_on_conflict
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.audit import AuditEvent
from domain.users import Account


class CreateAdmin:
    """Create an account of any role.

    For operators at the command line, so there is no caller whose permission is checked. Raises
    InvalidValue when the password is not accepted, EmailTaken.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        ids: Ids,
        account_factory: AccountFactory,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)
        self._account_factory = account_factory

    async def __call__(self, new: NewAccount) -> Account:
        return await self._create(new, await self._account_factory.hash_password(new))

    @retry_on_conflict
    async def _create(self, new: NewAccount, password_hash: str) -> Account:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            account = await self._account_factory.create(uow, new, password_hash, at=now)
            self._audit.record_without_caller(
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
