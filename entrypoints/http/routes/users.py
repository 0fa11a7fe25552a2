"""`/api/users`: the accounts of the house, for admins."""

from typing import Annotated
from uuid import UUID

from litestar import Router, get, patch
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from application.ports.users import UserFilter
from application.users.change_user import ChangeUser
from application.users.find_users import FindUsers, FindUsersQuery, GetUser
from domain import errors
from domain.ids import UserId
from domain.users import Role
from entrypoints.http.cursors import decode_cursor, encode_cursor
from entrypoints.http.parameters import Cursor, Limit
from entrypoints.http.problems import failures
from entrypoints.http.query import FREE_TEXT
from entrypoints.http.request import ApiRequest
from entrypoints.http.schemas.auth import UserBody, user_body
from entrypoints.http.schemas.common import ListBody
from entrypoints.http.schemas.users import ChangeUserBody

_USUAL = (errors.InvalidToken, errors.Forbidden)


@get(opt={FREE_TEXT: ("q",)}, responses=failures(errors.InvalidValue, *_USUAL))
async def find_users_handler(
    request: ApiRequest,
    find_users: NamedDependency[FindUsers],
    role: FromQuery[Role | None] = None,
    is_active: FromQuery[bool | None] = None,
    q: Annotated[
        str | None, QueryParameter(max_length=200, description="A part of the address or the name.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListBody[UserBody]:
    """List users, in the order in which they came."""
    after = decode_cursor(cursor, UUID)
    page = await find_users(
        request.caller,
        FindUsersQuery(
            wanted=UserFilter(role=role, is_active=is_active, text=q or None),
            after=None if after is None else UserId(after),
            limit=limit,
        ),
    )
    return ListBody([user_body(account) for account in page.items], encode_cursor(page.next))


@get("/{user_id:uuid}", responses=failures(*_USUAL, errors.NotFound))
async def get_user_handler(
    request: ApiRequest, user_id: FromPath[UUID], get_user: NamedDependency[GetUser]
) -> UserBody:
    """One user."""
    return user_body(await get_user(request.caller, UserId(user_id)))


@patch(
    "/{user_id:uuid}",
    responses=failures(errors.InvalidValue, *_USUAL, errors.NotFound, errors.LastSuperAdmin),
)
async def change_user_handler(
    request: ApiRequest,
    user_id: FromPath[UUID],
    data: JSONBody[ChangeUserBody],
    change_user: NamedDependency[ChangeUser],
) -> UserBody:
    """Give an account another role, deactivate it, or activate it again."""
    return user_body(await change_user(request.caller, UserId(user_id), data.changes()))


router = Router(
    "/api/users",
    tags=["Users"],
    route_handlers=[find_users_handler, get_user_handler, change_user_handler],
)
