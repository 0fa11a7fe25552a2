"""Users and members from and to rows."""

from typing import Any

from adapters.postgres.mappers.values import PrefixedRow, Row, prefixed_columns
from adapters.postgres.schema.identity import members, users
from domain.users import Account, EmailAddress, Locale, Member, Role, User, search_key

_MEMBER = "member_"
ACCOUNT_COLUMNS = (*users.c, *prefixed_columns(members, _MEMBER))
"""The columns of a user joined with their member."""


def user_from(row: Row) -> User:
    """Return the user of a row of `users`."""
    return User(
        id=row["id"],
        email=EmailAddress(row["email"]),
        password_hash=row["password_hash"],
        full_name=row["full_name"],
        role=Role(row["role"]),
        is_active=row["is_active"],
        locale=Locale(row["locale"]),
        reminders=row["reminders"],
        credentials_version=row["credentials_version"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def user_row(user: User) -> dict[str, Any]:
    """Return the columns of `users`."""
    return {
        "id": user.id,
        "email": user.email.value,
        "password_hash": user.password_hash,
        "full_name": user.full_name,
        "role": user.role,
        "is_active": user.is_active,
        "locale": user.locale,
        "reminders": user.reminders,
        "version": user.version,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
        "credentials_version": user.credentials_version,
        "search_text": search_key(f"{user.email} {user.full_name}"),
    }


def member_from(row: Row) -> Member:
    """Return the member of a row of `members`."""
    return Member(
        id=row["id"],
        user_id=row["user_id"],
        phone=row["phone"],
        company=row["company"],
        payment_customer_id=row["stripe_customer_id"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def member_row(member: Member) -> dict[str, Any]:
    """Return the columns of `members`."""
    return {
        "id": member.id,
        "user_id": member.user_id,
        "phone": member.phone,
        "company": member.company,
        "stripe_customer_id": member.payment_customer_id,
        "version": member.version,
        "created_at": member.created_at,
        "updated_at": member.updated_at,
    }


def account_from(row: Row) -> Account:
    """Return the account of a row with `ACCOUNT_COLUMNS`."""
    return Account(user_from(row), member_from(PrefixedRow(row, _MEMBER)))
