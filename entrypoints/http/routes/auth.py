"""`/auth`: sign-up, login, sessions, the caller's own account and password."""

from typing import Annotated
from uuid import UUID

from litestar import Router, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from application.auth.account_factory import NewAccount
from application.auth.change_password import ChangePassword, PasswordChange
from application.auth.client import Client
from application.auth.end_session import EndSession
from application.auth.get_me import GetMe
from application.auth.list_sessions import ListSessions
from application.auth.log_in import Credentials, LogIn
from application.auth.log_out import LogOut
from application.auth.refresh import Refresh
from application.auth.request_password_reset import RequestPasswordReset
from application.auth.reset_password import ResetPassword
from application.auth.sign_up import SignUp
from application.auth.update_me import UpdateMe
from domain import errors
from domain.ids import SessionId
from entrypoints.http.languages import accepted_locale
from entrypoints.http.middleware.authentication import PUBLIC
from entrypoints.http.openapi.problem_responses import problem_responses
from entrypoints.http.request import ApiRequest
from entrypoints.http.schemas.auth import (
    ChangePasswordBody,
    ForgetPasswordBody,
    LogInBody,
    OwnSessionsBody,
    RefreshBody,
    ResetPasswordBody,
    SessionBody,
    SignUpBody,
    UpdateMeBody,
    UserBody,
    own_session_body,
    session_body,
    user_body,
)


@post(
    "/signup",
    summary="Sign up",
    opt=PUBLIC,
    responses=problem_responses(errors.InvalidValue, errors.EmailTaken, errors.RateLimited),
)
async def sign_up_handler(
    request: ApiRequest, data: JSONBody[SignUpBody], sign_up: NamedDependency[SignUp]
) -> SessionBody:
    """Create a member account and log in.

    Mails to the member use the language of the `Accept-Language` header; English by default.
    """
    account = NewAccount(
        email=data.email.value,
        password=data.password,
        full_name=data.full_name,
        phone=data.phone,
        company=data.company,
        locale=accepted_locale(request.headers.get("accept-language", "")),
    )
    return session_body(await sign_up(account, client_of(request)))


@post(
    "/login",
    summary="Log in",
    opt=PUBLIC,
    status_code=200,
    responses=problem_responses(errors.InvalidValue, errors.InvalidCredentials, errors.RateLimited),
)
async def log_in_handler(
    request: ApiRequest, data: JSONBody[LogInBody], log_in: NamedDependency[LogIn]
) -> SessionBody:
    """Log in with an e-mail address and a password. Each login starts a session."""
    credentials = Credentials(data.email, data.password)
    return session_body(await log_in(credentials, client_of(request)))


@post(
    "/refresh",
    summary="Refresh a session",
    opt=PUBLIC,
    status_code=200,
    responses=problem_responses(
        errors.InvalidValue, errors.InvalidToken, errors.RefreshTokenReused, errors.RateLimited
    ),
)
async def refresh_handler(
    request: ApiRequest, data: JSONBody[RefreshBody], refresh: NamedDependency[Refresh]
) -> SessionBody:
    """Exchange a refresh token for new tokens.

    A refresh token works once. If it is used again, the session is revoked as a precaution, with
    all of its tokens.
    """
    return session_body(await refresh(data.refresh_token, client_of(request)))


@post(
    "/logout",
    summary="Log out",
    opt=PUBLIC,
    status_code=204,
    responses=problem_responses(errors.InvalidValue),
)
async def log_out_handler(
    request: ApiRequest, data: JSONBody[RefreshBody], log_out: NamedDependency[LogOut]
) -> None:
    """Revoke the session that a refresh token belongs to. An unknown token is not an error."""
    await log_out(data.refresh_token, client_of(request))


@get("/me", summary="Get your account", responses=problem_responses(errors.InvalidToken))
async def get_me_handler(request: ApiRequest, get_me: NamedDependency[GetMe]) -> UserBody:
    """Return the account of the caller."""
    return user_body(await get_me(request.caller))


@patch(
    "/me",
    summary="Update your account",
    responses=problem_responses(errors.InvalidValue, errors.InvalidToken),
)
async def update_me_handler(
    request: ApiRequest, data: JSONBody[UpdateMeBody], update_me: NamedDependency[UpdateMe]
) -> UserBody:
    """Change your account. Fields that are left out do not change."""
    return user_body(await update_me(request.caller, data.changes()))


@get("/sessions", summary="List your sessions", responses=problem_responses(errors.InvalidToken))
async def list_sessions_handler(
    request: ApiRequest, list_sessions: NamedDependency[ListSessions]
) -> OwnSessionsBody:
    """List your active sessions, most recently used first."""
    own_sessions = await list_sessions(request.caller)
    return OwnSessionsBody([own_session_body(own_session) for own_session in own_sessions])


@delete(
    "/sessions/{session_id:uuid}",
    summary="End a session",
    responses=problem_responses(errors.InvalidToken, errors.NotFound),
)
async def end_session_handler(
    request: ApiRequest,
    session_id: Annotated[UUID, PathParameter(description="ID of the session.")],
    end_session: NamedDependency[EndSession],
) -> None:
    """Revoke one of your sessions, with all of its tokens."""
    await end_session(request.caller, SessionId(session_id))


@post(
    "/password",
    summary="Change your password",
    status_code=204,
    responses=problem_responses(
        errors.InvalidValue, errors.InvalidToken, errors.InvalidCredentials, errors.RateLimited
    ),
)
async def change_password_handler(
    request: ApiRequest,
    data: JSONBody[ChangePasswordBody],
    change_password: NamedDependency[ChangePassword],
) -> None:
    """Change your password.

    Every other session is revoked. Access tokens issued before are rejected, including the one of
    this request.
    """
    await change_password(request.caller, PasswordChange(data.current_password, data.new_password))


@post(
    "/password/forgot",
    summary="Request a password reset",
    opt=PUBLIC,
    status_code=202,
    responses=problem_responses(errors.InvalidValue, errors.RateLimited),
)
async def forget_password_handler(
    request: ApiRequest,
    data: JSONBody[ForgetPasswordBody],
    request_password_reset: NamedDependency[RequestPasswordReset],
) -> None:
    """Mail a link to reset the password, if the account exists and is active.

    The response is the same in every case, so that it does not reveal accounts.
    """
    await request_password_reset(data.email, client_of(request))


@post(
    "/password/reset",
    summary="Reset a password",
    opt=PUBLIC,
    status_code=204,
    responses=problem_responses(errors.InvalidValue, errors.InvalidToken),
)
async def reset_password_handler(
    request: ApiRequest,
    data: JSONBody[ResetPasswordBody],
    reset_password: NamedDependency[ResetPassword],
) -> None:
    """Set a new password with the token of the mailed link. Every session is revoked."""
    await reset_password(data.token, data.new_password, client_of(request))


def client_of(request: ApiRequest) -> Client:
    """Return the client that sent the request."""
    return Client(
        user_agent=request.headers.get("user-agent"),
        address=request.client.host if request.client else None,
    )


router = Router(
    "/auth",
    tags=["Auth"],
    route_handlers=[
        sign_up_handler,
        log_in_handler,
        refresh_handler,
        log_out_handler,
        get_me_handler,
        update_me_handler,
        list_sessions_handler,
        end_session_handler,
        change_password_handler,
        forget_password_handler,
        reset_password_handler,
    ],
)
