"""CreateAdmin: an operator gives somebody an account that runs the house."""

from application.auth.accounts import Accounts, NewAccount
from application.auth.sessions import Account
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from application.retry import retried_when_stale


class CreateAdmin:
    """Make an account of any role. For operators at the command line, so nobody's role is asked.

    Raises InvalidValue for a bad password, EmailTaken.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, accounts: Accounts) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._accounts = accounts

    async def __call__(self, new: NewAccount) -> Account:
        return await self._open(new, await self._accounts.hash_password(new))

    @retried_when_stale
    async def _open(self, new: NewAccount, password_hash: str) -> Account:
        async with self._unit_of_work() as uow:
            account = await self._accounts.open(uow, new, password_hash, at=self._clock.now())
            await uow.commit()
            return account
