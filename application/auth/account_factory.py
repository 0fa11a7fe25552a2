"""Creating accounts, by sign-up or by an operator."""

from dataclasses import dataclass
from datetime import datetime

from application.auth.password_policy import PasswordPolicy
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWork
from domain.errors import EmailTaken
from domain.ids import MemberId, UserId
from domain.users import Account, EmailAddress, Locale, Member, Role, User


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """The values of an account to create."""

    email: EmailAddress
    password: str
    full_name: str
    role: Role = Role.MEMBER
    phone: str | None = None
    company: str | None = None
    locale: Locale = Locale.ENGLISH

    def __repr__(self) -> str:
        return f"NewAccount(role={self.role})"


class AccountFactory:
    """Creates accounts in a unit of work that the caller commits."""

    def __init__(self, password_policy: PasswordPolicy, ids: Ids) -> None:
        self._password_policy = password_policy
        self._ids = ids

    async def hash_password(self, new: NewAccount) -> str:
        """Return the hash of the new password. Raises InvalidValue when it is not accepted."""
        return await self._password_policy.hash(new.password, new.email)

    async def create(
        self, uow: UnitOfWork, new: NewAccount, password_hash: str, *, at: datetime
    ) -> Account:
        """Add a new user and their member to the unit of work. Raises EmailTaken."""
        if await uow.users.by_email(new.email) is not None:
            raise EmailTaken("There is an account with this e-mail address already.")
        user = User(
            id=UserId(self._ids.new()),
            email=new.email,
            password_hash=password_hash,
            full_name=new.full_name,
            role=new.role,
            is_active=True,
            locale=new.locale,
            reminders=True,
            version=1,
            created_at=at,
            updated_at=at,
        )
        member = Member(
            id=MemberId(self._ids.new()),
            user_id=user.id,
            phone=new.phone,
            company=new.company,
            payment_customer_id=None,
            version=1,
            created_at=at,
            updated_at=at,
        )
        uow.users.add(user)
        uow.members.add(member)
        return Account(user, member)
