"""`/api/users`: user accounts, for admins."""

from typing import Annotated
from uuid import UUID

from litestar import Router, get, patch
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from application.common.paging import DEFAULT_PAGE_SIZE
from application.ports.users import UserFilter
from application.users.change_user import ChangeUser
from application.users.find_users import FindUsers, FindUsersQuery
from application.users.get_user import GetUser
from domain import errors
from domain.ids import UserId
from domain.users import Role
from entrypoints.http.cursors import decode_cursor, encode_cursor
from entrypoints.http.middleware.strict_query import FREE_TEXT
from entrypoints.http.openapi.problem_responses import problem_responses
from entrypoints.http.parameters import Cursor, Limit, UserIdPath
from entrypoints.http.request import ApiRequest
from entrypoints.http.schemas.auth import UserBody, user_body
from entrypoints.http.schemas.common import ListBody
from entrypoints.http.schemas.users import ChangeUserBody

_ADMIN_ONLY = (errors.InvalidToken, errors.Forbidden)


@get(
    summary="List users",
    opt={FREE_TEXT: ("q",)},
    responses=problem_responses(errors.InvalidValue, *_ADMIN_ONLY),
)
async def find_users_handler(
    request: ApiRequest,
    find_users: NamedDependency[FindUsers],
    role: Annotated[Role | None, QueryParameter(description="Filter by role.")] = None,
    is_active: Annotated[
        bool | None,
        QueryParameter(description="Filter by whether the account is active. Default: all."),
    ] = None,
    q: Annotated[
        str | None,
        QueryParameter(
            max_length=200,
            description="Search text: part of the name or of the e-mail address, in any case.",
        ),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE_SIZE,
) -> ListBody[UserBody]:
    """List users in order of creation."""
    after = decode_cursor(cursor, UUID)
    page = await find_users(
        request.caller,
        FindUsersQuery(
            criteria=UserFilter(role=role, is_active=is_active, text=q or None),
            after=None if after is None else UserId(after),
            limit=limit,
        ),
    )
    return ListBody([user_body(account) for account in page.items], encode_cursor(page.next))


@get(
    "/{user_id:uuid}",
    summary="Get a user",
    responses=problem_responses(*_ADMIN_ONLY, errors.NotFound),
)
async def get_user_handler(
    request: ApiRequest, user_id: UserIdPath, get_user: NamedDependency[GetUser]
) -> UserBody:
    """Return a user."""
    return user_body(await get_user(request.caller, UserId(user_id)))


@patch(
    "/{user_id:uuid}",
    summary="Change a user",
    responses=problem_responses(
        errors.InvalidValue, *_ADMIN_ONLY, errors.NotFound, errors.LastSuperAdmin
    ),
)
async def change_user_handler(
    request: ApiRequest,
    user_id: UserIdPath,
    data: JSONBody[ChangeUserBody],
    change_user: NamedDependency[ChangeUser],
) -> UserBody:
    """Change the role of a user, or deactivate or activate the account.

    Deactivation ends all sessions of the user. The last active super admin can be neither demoted
    nor deactivated.
    """
    return user_body(await change_user(request.caller, UserId(user_id), data.changes()))


router = Router(
    "/api/users",
    tags=["Users"],
    route_handlers=[find_users_handler, get_user_handler, change_user_handler],
)
