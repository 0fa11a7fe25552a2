"""LogIn: e-mail address and password for a session."""

from dataclasses import dataclass

from application.auth.sessions import Account, Client, Session, Sessions
from application.ports.clock import Clock
from application.ports.passwords import PasswordHasher
from application.ports.unit_of_work import Stale, UnitOfWorkFactory
from application.retry import retried_when_stale
from domain.errors import InvalidCredentials, InvalidValue
from domain.users import EmailAddress, User


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed. The address may be anything: a malformed one is nobody's."""

    email: str
    password: str

    def __repr__(self) -> str:
        return "Credentials()"


class LogIn:
    """Open a session. Raises InvalidCredentials.

    An unknown address, a wrong password and a deactivated account get the same answer after the
    same work. A hash made with other parameters than those in force is renewed.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        passwords: PasswordHasher,
        sessions: Sessions,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._passwords = passwords
        self._sessions = sessions

    @retried_when_stale
    async def __call__(self, credentials: Credentials, client: Client) -> Session:
        user = await self._find(credentials.email)
        password_hash = user.password_hash if user else None
        is_right = await self._passwords.verify(credentials.password, password_hash)
        if user is None or not is_right or not user.is_active:
            raise InvalidCredentials("E-mail address or password is wrong.")
        renewed = None
        if self._passwords.needs_rehash(user.password_hash):
            renewed = await self._passwords.hash(credentials.password)
        return await self._open(user, renewed, client)

    async def _find(self, email: str) -> User | None:
        try:
            address = EmailAddress.parse(email)
        except InvalidValue:
            return None
        async with self._unit_of_work() as uow:
            return await uow.users.by_email(address)

    async def _open(self, verified: User, renewed_hash: str | None, client: Client) -> Session:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            user = await uow.users.get(verified.id)
            member = await uow.members.of_user(verified.id)
            if user is None or member is None or not user.is_active:
                raise InvalidCredentials("E-mail address or password is wrong.")
            if user.password_hash != verified.password_hash:
                raise Stale("The password, or only its hash, was renewed meanwhile.")
            if renewed_hash is not None:
                user = user.with_password_hash(renewed_hash, at=now)
                uow.users.save(user)
            session = self._sessions.open(uow, Account(user, member), client, at=now)
            await uow.commit()
            return session
