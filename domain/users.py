"""User: an account that can sign in. Member: the same person as a customer of the house."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from domain.errors import InvalidValue
from domain.ids import MemberId, UserId

LONGEST_EMAIL = 254
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 128


class Role(StrEnum):
    """What an account may do; each may do what the ones before it may."""

    MEMBER = "MEMBER"
    ADMIN = "ADMIN"
    SUPER_ADMIN = "SUPER_ADMIN"

    @property
    def runs_the_house(self) -> bool:
        """Whether spaces, people and anybody's bookings are this role's business."""
        return self is not Role.MEMBER


class Locale(StrEnum):
    """The languages in which the house writes to its people."""

    ENGLISH = "en"
    TURKISH = "tr"


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """An e-mail address in the one form in which the house keeps it: NFKC and lower case.

    Two spellings of one address are equal here, and so can have only one account.
    """

    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raise InvalidValue when no mail could ever be sent to it."""
        value = _fold(text)
        local, at, host = value.rpartition("@")
        sound = (
            not any(_is_foreign_to_email(character) for character in value)
            and at
            and 1 <= len(local.encode()) <= 64  # noqa: PLR2004 - RFC 5321
            and "@" not in local
            and "." in host.strip(".") == host
            and ".." not in value
            and not local.startswith(".")
            and not local.endswith(".")
            and len(value.encode()) <= LONGEST_EMAIL
        )
        if not sound:
            raise InvalidValue("Expected an e-mail address such as name@example.com.")
        return cls(value)

    def __str__(self) -> str:
        return self.value


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text.strip()).casefold()
    # Case folding can leave a form that is not normalised.
    return unicodedata.normalize("NFKC", folded)


def _is_foreign_to_email(character: str) -> bool:
    return character in '<>()[],;:\\"' or unicodedata.category(character)[0] in "ZC"


def check_password(password: str, email: EmailAddress) -> None:
    """Raise InvalidValue for a password that the house does not accept (the contract)."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InvalidValue(
            f"Expected {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.", field="password"
        )
    if _fold(password) == email.value:
        raise InvalidValue("Expected anything but the e-mail address.", field="password")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account. `password_hash` is never shown or logged; `email` is unique in the house."""

    id: UserId
    email: EmailAddress
    password_hash: str
    full_name: str
    role: Role
    is_active: bool
    locale: Locale
    reminders: bool
    version: int
    created_at: datetime
    updated_at: datetime

    def __repr__(self) -> str:
        return f"User(id={self.id}, role={self.role}, is_active={self.is_active})"

    def with_password_hash(self, password_hash: str, *, at: datetime) -> Self:
        """The account with its password hashed anew."""
        return replace(self, password_hash=password_hash, version=self.version + 1, updated_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """The customer behind a user: how to reach them, and who they are to Stripe."""

    id: MemberId
    user_id: UserId
    phone: str | None
    company: str | None
    stripe_customer_id: str | None
    version: int
    created_at: datetime
    updated_at: datetime
