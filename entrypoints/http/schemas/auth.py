"""Bodies of `/auth`."""

from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from application.auth.own_sessions import OwnSession
from application.auth.sessions import Session
from application.auth.update_me import ProfileChanges
from domain.users import LONGEST_PASSWORD, SHORTEST_PASSWORD, Account, Locale, Role
from entrypoints.http.fields import Email
from entrypoints.http.schemas.common import ONE_LINE, Line, Request, given_fields

LONGEST_TEXT = 1000
"""Of what is only compared, and so may be anything."""

Phone = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=ONE_LINE)]
Password = Annotated[str, msgspec.Meta(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD)]
Text = Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)]


class SignUpBody(Request, kw_only=True):
    """Who wants to become a member."""

    email: Email
    password: Password
    full_name: Line
    phone: Phone | None = None
    company: Line | None = None


class LogInBody(Request, kw_only=True):
    """Who wants to log in. Whatever is no account's is `invalid_credentials`, not invalid input."""

    email: Text
    password: Text


class RefreshBody(Request, kw_only=True):
    """A refresh token, as a session has it."""

    refresh_token: Text


class UpdateMeBody(Request, kw_only=True):
    """Changes of one's own account: a field that is left out stays as it is."""

    full_name: Line | UnsetType = UNSET
    phone: Phone | UnsetType | None = UNSET
    company: Line | UnsetType | None = UNSET
    locale: Locale | UnsetType = UNSET
    reminders: bool | UnsetType = UNSET

    def changes(self) -> ProfileChanges:
        """The fields that were given."""
        return cast("ProfileChanges", given_fields(self))


class ChangePasswordBody(Request, kw_only=True):
    """The password that is, and the one that is to be."""

    current_password: Text
    new_password: Password


class ForgetPasswordBody(Request, kw_only=True):
    """Whose password is forgotten."""

    email: Text


class ResetPasswordBody(Request, kw_only=True):
    """The token of the link that was mailed, and the password that is to be."""

    token: Text
    new_password: Password


class UserBody(msgspec.Struct, frozen=True):
    """A user, as they and admins see them."""

    id: UUID
    email: str
    full_name: str
    role: Role
    is_active: bool
    phone: str | None
    company: str | None
    locale: Locale
    reminders: bool
    created_at: datetime


class SessionBody(msgspec.Struct, frozen=True, kw_only=True):
    """A log-in's tokens. `expires_in` counts seconds of the access token."""

    access_token: str
    refresh_token: str
    token_type: str = "Bearer"  # noqa: S105 - the scheme's name, not a secret
    expires_in: int
    user: UserBody


class OwnSessionBody(msgspec.Struct, frozen=True):
    """One of the caller's log-ins; `current` is the one that they called with."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    user_agent: str | None
    client_address: str | None
    current: bool


class OwnSessionsBody(msgspec.Struct, frozen=True):
    """The caller's live log-ins, last used first."""

    items: list[OwnSessionBody]


def user_body(account: Account) -> UserBody:
    """The user with their member's contact data."""
    user, member = account.user, account.member
    return UserBody(
        id=user.id,
        email=user.email.value,
        full_name=user.full_name,
        role=user.role,
        is_active=user.is_active,
        phone=member.phone,
        company=member.company,
        locale=user.locale,
        reminders=user.reminders,
        created_at=user.created_at,
    )


def session_body(session: Session) -> SessionBody:
    """The session as the contract has it."""
    return SessionBody(
        access_token=session.access_token,
        refresh_token=session.refresh_token,
        expires_in=int(session.expires_in.total_seconds()),
        user=user_body(session.account),
    )


def own_session_body(own: OwnSession) -> OwnSessionBody:
    """One log-in as the contract has it."""
    session = own.session
    return OwnSessionBody(
        id=session.id,
        created_at=session.created_at,
        last_used_at=session.last_used_at,
        user_agent=session.user_agent,
        client_address=session.client_address,
        current=own.is_current,
    )
