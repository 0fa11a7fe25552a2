"""`/auth`: signing up, logging in and out, one's own account and password."""

from uuid import UUID

from litestar import Router, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from application.auth.accounts import NewAccount
from application.auth.change_password import ChangePassword, PasswordChange
from application.auth.get_me import GetMe
from application.auth.log_in import Credentials, LogIn
from application.auth.own_sessions import EndSession, ListSessions, LogOut
from application.auth.refresh import Refresh
from application.auth.reset_password import ForgetPassword, ResetPassword
from application.auth.sessions import Client
from application.auth.sign_up import SignUp
from application.auth.update_me import UpdateMe
from domain import errors
from domain.ids import SessionId
from entrypoints.http.access import PUBLIC
from entrypoints.http.languages import accepted_locale
from entrypoints.http.problems import failures
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

LONGEST_USER_AGENT = 500


@post(
    "/signup",
    opt=PUBLIC,
    responses=failures(errors.InvalidValue, errors.EmailTaken, errors.RateLimited),
)
async def sign_up_handler(
    request: ApiRequest, data: JSONBody[SignUpBody], sign_up: NamedDependency[SignUp]
) -> SessionBody:
    """Become a member, and be logged in."""
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
    opt=PUBLIC,
    status_code=200,
    responses=failures(errors.InvalidValue, errors.InvalidCredentials, errors.RateLimited),
)
async def log_in_handler(
    request: ApiRequest, data: JSONBody[LogInBody], log_in: NamedDependency[LogIn]
) -> SessionBody:
    """Log in with e-mail address and password."""
    credentials = Credentials(data.email, data.password)
    return session_body(await log_in(credentials, client_of(request)))


@post(
    "/refresh",
    opt=PUBLIC,
    status_code=200,
    responses=failures(
        errors.InvalidValue, errors.InvalidToken, errors.RefreshTokenReused, errors.RateLimited
    ),
)
async def refresh_handler(
    request: ApiRequest, data: JSONBody[RefreshBody], refresh: NamedDependency[Refresh]
) -> SessionBody:
    """Go on with a log-in. A refresh token works once; used again, it ends the log-in."""
    return session_body(await refresh(data.refresh_token, client_of(request)))


@post("/logout", opt=PUBLIC, status_code=204, responses=failures(errors.InvalidValue))
async def log_out_handler(
    request: ApiRequest, data: JSONBody[RefreshBody], log_out: NamedDependency[LogOut]
) -> None:
    """End the log-in that a refresh token belongs to."""
    await log_out(data.refresh_token, client_of(request))


@get("/me", responses=failures(errors.InvalidToken))
async def get_me_handler(request: ApiRequest, get_me: NamedDependency[GetMe]) -> UserBody:
    """One's own account."""
    return user_body(await get_me(request.caller))


@patch("/me", responses=failures(errors.InvalidValue, errors.InvalidToken))
async def update_me_handler(
    request: ApiRequest, data: JSONBody[UpdateMeBody], update_me: NamedDependency[UpdateMe]
) -> UserBody:
    """Change the given fields of one's own account."""
    return user_body(await update_me(request.caller, data.changes()))


@get("/sessions", responses=failures(errors.InvalidToken))
async def list_sessions_handler(
    request: ApiRequest, list_sessions: NamedDependency[ListSessions]
) -> OwnSessionsBody:
    """One's own log-ins, last used first."""
    return OwnSessionsBody([own_session_body(own) for own in await list_sessions(request.caller)])


@delete("/sessions/{session_id:uuid}", responses=failures(errors.InvalidToken, errors.NotFound))
async def end_session_handler(
    request: ApiRequest, session_id: FromPath[UUID], end_session: NamedDependency[EndSession]
) -> None:
    """End one of one's own log-ins, with all its tokens."""
    await end_session(request.caller, SessionId(session_id))


@post(
    "/password",
    status_code=204,
    responses=failures(
        errors.InvalidValue, errors.InvalidToken, errors.InvalidCredentials, errors.RateLimited
    ),
)
async def change_password_handler(
    request: ApiRequest,
    data: JSONBody[ChangePasswordBody],
    change_password: NamedDependency[ChangePassword],
) -> None:
    """Change one's own password. Every other log-in is ended, and so is every access token."""
    await change_password(request.caller, PasswordChange(data.current_password, data.new_password))


@post(
    "/password/forgot",
    opt=PUBLIC,
    status_code=202,
    responses=failures(errors.InvalidValue, errors.RateLimited),
)
async def forget_password_handler(
    request: ApiRequest,
    data: JSONBody[ForgetPasswordBody],
    forget_password: NamedDependency[ForgetPassword],
) -> None:
    """Have a link to a new password mailed, if there is such an account."""
    await forget_password(data.email, client_of(request))


@post(
    "/password/reset",
    opt=PUBLIC,
    status_code=204,
    responses=failures(errors.InvalidValue, errors.InvalidToken),
)
async def reset_password_handler(
    request: ApiRequest,
    data: JSONBody[ResetPasswordBody],
    reset_password: NamedDependency[ResetPassword],
) -> None:
    """Set a new password with the token of the mailed link. Every log-in is ended."""
    await reset_password(data.token, data.new_password, client_of(request))


def client_of(request: ApiRequest) -> Client:
    """Where a request comes from."""
    user_agent = request.headers.get("user-agent")
    return Client(
        user_agent=user_agent[:LONGEST_USER_AGENT] if user_agent else None,
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
