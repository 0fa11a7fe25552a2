"""account_from: A row of `users` followed by one of `members`."""

from typing import Any

from adapters.postgres.mappers.values import Row
from adapters.postgres.schema.identity import users
from domain.users import Account, EmailAddress, Locale, Member, Role, User, search_key

_USER_WIDTH = len(users.c)


def user_from(row: Row) -> User:
    """A row of `users`."""
    id_, email, password_hash, full_name, role, is_active, locale, reminders, *rest = row
    version, created_at, updated_at, credentials_version, _ = rest
    return User(
        id=id_,
        email=EmailAddress(email),
        password_hash=password_hash,
        full_name=full_name,
        role=Role(role),
        is_active=is_active,
        locale=Locale(locale),
        reminders=reminders,
        credentials_version=credentials_version,
        version=version,
        created_at=created_at,
        updated_at=updated_at,
    )


def user_row(user: User) -> dict[str, Any]:
    """The columns of `users`."""
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
    """A row of `members`."""
    id_, user_id, phone, company, payment_customer_id, version, created_at, updated_at = row
    return Member(
        id=id_,
        user_id=user_id,
        phone=phone,
        company=company,
        payment_customer_id=payment_customer_id,
        version=version,
        created_at=created_at,
        updated_at=updated_at,
    )


def member_row(member: Member) -> dict[str, Any]:
    """The columns of `members`."""
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
    """A row of `users` followed by one of `members`."""
    return Account(user_from(row[:_USER_WIDTH]), member_from(row[_USER_WIDTH:]))
