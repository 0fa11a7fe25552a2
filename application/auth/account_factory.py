"""Making accounts: for people who sign up, and for those whom an operator names."""

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
    """Who is to get an account."""

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
    """Makes accounts within a unit of work that the caller commits."""

    def __init__(self, new_passwords: PasswordPolicy, ids: Ids) -> None:
        self._new_passwords = new_passwords
        self._ids = ids

    async def hash_password(self, new: NewAccount) -> str:
        """The hash of the new password; raises InvalidValue for one that is not accepted."""
        return await self._new_passwords.hash(new.password, new.email)

    async def open(
        self, uow: UnitOfWork, new: NewAccount, password_hash: str, *, at: datetime
    ) -> Account:
        """Note a new user with their member. Raises EmailTaken."""
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
