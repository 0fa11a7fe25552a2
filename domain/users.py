"""User: an account that can log in. Member: the same person as a customer of the house."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from domain.errors import InvalidValue
from domain.ids import MemberId, UserId

MAX_EMAIL_LENGTH = 254
MIN_PASSWORD_LENGTH = 8
MAX_PASSWORD_LENGTH = 128


class Role(StrEnum):
    """Role of a user. Each role has the permissions of the roles before it."""

    MEMBER = "MEMBER"
    ADMIN = "ADMIN"
    SUPER_ADMIN = "SUPER_ADMIN"

    @property
    def is_staff(self) -> bool:
        """Whether the role manages spaces, users and every booking."""
        return self is not Role.MEMBER


class Locale(StrEnum):
    """Language of the mails to a user."""

    ENGLISH = "en"
    TURKISH = "tr"


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """An e-mail address in its normalized form: NFKC and lower case.

    Two spellings of one address are equal, so they share one account.
    """

    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Normalize an address. Raises InvalidValue when no mail can be sent to it."""
        value = _fold(text)
        local, at, host = value.rpartition("@")
        is_valid = (
            not any(_is_forbidden_in_email(character) for character in value)
            and at
            and 1 <= len(local.encode()) <= 64  # noqa: PLR2004 - RFC 5321
            and "@" not in local
            and "." in host.strip(".") == host
            and ".." not in value
            and not local.startswith(".")
            and not local.endswith(".")
            and len(value.encode()) <= MAX_EMAIL_LENGTH
        )
        if not is_valid:
            raise InvalidValue("Expected an e-mail address such as name@example.com.")
        return cls(value)

    def __str__(self) -> str:
        return self.value


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text.strip()).casefold()
    # Case folding can produce text that is not normalized.
    return unicodedata.normalize("NFKC", folded)


def _is_forbidden_in_email(character: str) -> bool:
    return character in '<>()[],;:\\"' or unicodedata.category(character)[0] in "ZC"


def check_password(password: str, email: EmailAddress, *, field: str = "password") -> None:
    """Raise InvalidValue on `field` when the contract does not accept the password.

    Characters are Unicode code points in NFC, the form in which passwords are compared, so the way
    in which a keyboard enters an accent makes no difference.
    """
    characters = len(unicodedata.normalize("NFC", password))
    if not MIN_PASSWORD_LENGTH <= characters <= MAX_PASSWORD_LENGTH:
        raise InvalidValue(
            f"Expected {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters.", field=field
        )
    if _fold(password) == email.value:
        raise InvalidValue("Expected a password other than the e-mail address.", field=field)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account. `password_hash` is never shown or logged; `email` is unique in the house.

    A new password or a deactivation increments `credentials_version`, which revokes all
    credentials: sessions, tokens and links carry the version under which they were issued and are
    valid under no other.
    """

    id: UserId
    email: EmailAddress
    password_hash: str
    full_name: str
    role: Role
    is_active: bool
    locale: Locale
    reminders: bool
    credentials_version: int = 1
    version: int
    created_at: datetime
    updated_at: datetime

    def __repr__(self) -> str:
        return f"User(id={self.id}, role={self.role}, is_active={self.is_active})"

    def with_password_hash(self, password_hash: str, *, at: datetime) -> Self:
        """The user with the same password hashed again."""
        return self._next(at, password_hash=password_hash)

    def with_new_password(self, password_hash: str, *, at: datetime) -> Self:
        """The user with a new password; revokes all credentials."""
        return self._next(at, password_hash=password_hash, **self._revoked_credentials())

    def with_access(self, *, role: Role, is_active: bool, at: datetime) -> Self:
        """The user with the role, active or not.

        A deactivation revokes every session; an activation does not restore them.
        """
        revoked = self._revoked_credentials() if self.is_active and not is_active else {}
        return self._next(at, role=role, is_active=is_active, **revoked)

    def changed(self, *, at: datetime, **fields: Any) -> Self:
        """The user with another `full_name`, `locale` or `reminders`."""
        if unknown := fields.keys() - {"full_name", "locale", "reminders"}:
            raise TypeError(f"Not a field that can be changed: {', '.join(sorted(unknown))}.")
        return self._next(at, **fields)

    def _revoked_credentials(self) -> dict[str, int]:
        return {"credentials_version": self.credentials_version + 1}

    def _next(self, at: datetime, **fields: Any) -> Self:
        return replace(self, **fields, version=self.version + 1, updated_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """The customer behind a user: contact details, and their customer id at the provider."""

    id: MemberId
    user_id: UserId
    phone: str | None
    company: str | None
    payment_customer_id: str | None
    version: int
    created_at: datetime
    updated_at: datetime

    def changed(self, *, at: datetime, **fields: Any) -> Self:
        """The member with another `phone` or `company`."""
        if unknown := fields.keys() - {"phone", "company"}:
            raise TypeError(f"Not a field that can be changed: {', '.join(sorted(unknown))}.")
        return replace(self, **fields, version=self.version + 1, updated_at=at)

    def with_payment_customer(self, customer_id: str, *, at: datetime) -> Self:
        """The member with their id at the payment provider, which never changes afterwards."""
        if self.payment_customer_id is not None:
            raise ValueError("The member is a customer already.")
        return replace(
            self, payment_customer_id=customer_id, version=self.version + 1, updated_at=at
        )


@dataclass(frozen=True, slots=True)
class Account:
    """A user together with their member."""

    user: User
    member: Member


def search_key(text: str) -> str:
    """Return the form in which users are searched: without case and accents.

    The Turkish dotted and dotless i are one letter, so that every keyboard finds every name.
    """
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = (character for character in decomposed if not unicodedata.combining(character))
    return "".join(letters).replace("\u0131", "i")
