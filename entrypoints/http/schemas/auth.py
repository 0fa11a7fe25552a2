"""Request and response bodies of `/auth`."""

from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from application.auth.list_sessions import OwnSession
from application.auth.session_issuer import Session
from application.auth.update_me import ProfileChanges
from domain.users import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, Account, Locale, Role
from entrypoints.http.fields import Email
from entrypoints.http.schemas.common import ONE_LINE, Line, Request, set_fields

MAX_TEXT_LENGTH = 1000
"""Bound of values that are only compared, so any text is accepted."""

Phone = Annotated[str, Meta(min_length=1, max_length=40, pattern=ONE_LINE)]
Password = Annotated[str, Meta(min_length=MIN_PASSWORD_LENGTH, max_length=MAX_PASSWORD_LENGTH)]
Text = Annotated[str, Meta(max_length=MAX_TEXT_LENGTH)]
_REQUIREMENTS = (
    "8 to 128 Unicode characters. Commonly used passwords and the e-mail address are rejected."
)


class SignUpBody(Request, kw_only=True):
    """A new member account."""

    email: Annotated[
        Email,
        Meta(description="E-mail address. It identifies the account and must be unique."),
    ]
    password: Annotated[Password, Meta(description=f"Password. {_REQUIREMENTS}")]
    full_name: Annotated[Line, Meta(description="Full name, on one line.")]
    phone: Annotated[Phone, Meta(description="Phone number. Optional.")] | None = None
    company: Annotated[Line, Meta(description="Company. Optional.")] | None = None


class LogInBody(Request, kw_only=True):
    """Credentials. An unknown or malformed address is `invalid_credentials`, like any mismatch."""

    email: Annotated[Text, Meta(description="E-mail address of the account.")]
    password: Annotated[Text, Meta(description="Password of the account.")]


class RefreshBody(Request, kw_only=True):
    """The refresh token of a session."""

    refresh_token: Annotated[
        Text, Meta(description="Refresh token from the last response of sign-up, login or refresh.")
    ]


class UpdateMeBody(Request, kw_only=True):
    """Changes to your account. Fields that are left out do not change."""

    full_name: Annotated[Line, Meta(description="Full name, on one line.")] | UnsetType = UNSET
    phone: (
        Annotated[Phone, Meta(description="Phone number. Null removes it.")] | UnsetType | None
    ) = UNSET
    company: Annotated[Line, Meta(description="Company. Null removes it.")] | UnsetType | None = (
        UNSET
    )
    locale: Annotated[
        Locale | UnsetType, Meta(description="Language of the mails that you receive.")
    ] = UNSET
    reminders: Annotated[
        bool | UnsetType,
        Meta(description="Whether you receive a reminder by mail the day before a booking."),
    ] = UNSET

    def changes(self) -> ProfileChanges:
        """Return the fields to change."""
        return cast("ProfileChanges", set_fields(self))


class ChangePasswordBody(Request, kw_only=True):
    """The current and the new password."""

    current_password: Annotated[
        Text,
        Meta(
            description="Current password. A wrong one counts as a failed login.",
        ),
    ]
    new_password: Annotated[Password, Meta(description=f"New password. {_REQUIREMENTS}")]


class ForgetPasswordBody(Request, kw_only=True):
    """The account whose password is to be reset."""

    email: Annotated[
        Text,
        Meta(
            description=(
                "E-mail address of the account. An unknown address gets the same response, and no "
                "mail is sent."
            )
        ),
    ]


class ResetPasswordBody(Request, kw_only=True):
    """A reset token and the new password."""

    token: Annotated[
        Text, Meta(description="Token from the mailed link. It works once, for one hour.")
    ]
    new_password: Annotated[Password, Meta(description=f"New password. {_REQUIREMENTS}")]


class UserBody(msgspec.Struct, frozen=True):
    """A user account."""

    id: Annotated[UUID, Meta(description="ID of the user, a UUIDv7.")]
    email: Annotated[str, Meta(description="E-mail address: the login, and where mails are sent.")]
    full_name: Annotated[str, Meta(description="Full name.")]
    role: Annotated[Role, Meta(description="Role, which determines what the account may do.")]
    is_active: Annotated[
        bool, Meta(description="Whether the account is active. A deactivated one cannot log in.")
    ]
    phone: Annotated[str | None, Meta(description="Phone number, or null.")]
    company: Annotated[str | None, Meta(description="Company, or null.")]
    locale: Annotated[Locale, Meta(description="Language of the mails that the user receives.")]
    reminders: Annotated[
        bool,
        Meta(description="Whether the user receives a reminder by mail the day before a booking."),
    ]
    created_at: Annotated[datetime, Meta(description="Time of the sign-up.")]


class SessionBody(msgspec.Struct, frozen=True, kw_only=True):
    """An access token, a refresh token, and the user they belong to."""

    access_token: Annotated[
        str,
        Meta(
            description=(
                "Send it as `Authorization: Bearer …`. A JWT; clients should treat it as opaque."
            )
        ),
    ]
    refresh_token: Annotated[
        str, Meta(description="Exchange it at `POST /auth/refresh` for new tokens. It works once.")
    ]
    token_type: Annotated[str, Meta(description="Always `Bearer`.")] = "Bearer"  # noqa: S105 - the scheme's name, not a secret
    expires_in: Annotated[
        int, Meta(description="Lifetime of the access token in seconds.", examples=[900])
    ]
    user: Annotated[UserBody, Meta(description="The user who is logged in.")]


class OwnSessionBody(msgspec.Struct, frozen=True):
    """One of your sessions. Each login starts one."""

    id: Annotated[UUID, Meta(description="ID of the session, a UUIDv7.")]
    created_at: Annotated[datetime, Meta(description="Time of the login.")]
    last_used_at: Annotated[
        datetime, Meta(description="Time of the login or of the last refresh, whichever is later.")
    ]
    user_agent: Annotated[
        str | None,
        Meta(
            description="`User-Agent` of the client that logged in, or null if it sent none.",
            examples=["Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"],
        ),
    ]
    client_address: Annotated[
        str | None,
        Meta(description="IP address of the client that logged in.", examples=["203.0.113.7"]),
    ]
    current: Annotated[bool, Meta(description="Whether this request belongs to the session.")]


class OwnSessionsBody(msgspec.Struct, frozen=True):
    """Your active sessions."""

    items: Annotated[
        list[OwnSessionBody], Meta(description="The sessions, most recently used first.")
    ]


def user_body(account: Account) -> UserBody:
    """Return the user with the contact data of the member."""
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
    """Return the response body for a session."""
    return SessionBody(
        access_token=session.access_token,
        refresh_token=session.refresh_token,
        expires_in=int(session.expires_in.total_seconds()),
        user=user_body(session.account),
    )


def own_session_body(own_session: OwnSession) -> OwnSessionBody:
    """Return the response body for one of the caller's sessions."""
    session = own_session.session
    return OwnSessionBody(
        id=session.id,
        created_at=session.created_at,
        last_used_at=session.last_used_at,
        user_agent=session.user_agent,
        client_address=session.client_address,
        current=own_session.is_current,
    )
