"""`/api/spaces`: what there is to book, when it is free, and running it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from application.ports.spaces import SpaceFilter
from application.spaces.change_spaces import CreateSpace, UpdateSpace
from application.spaces.delete_space import DeleteSpace
from application.spaces.find_spaces import (
    CountSpaceTypes,
    FindSpacesQuery,
    GetSpace,
    ListSpaces,
)
from application.spaces.see_availability import SeeAvailability
from domain import errors
from domain.ids import SpaceId
from domain.period import Period
from domain.spaces import Space, SpaceType
from entrypoints.http.access import OPTIONAL, PUBLIC
from entrypoints.http.answers import JsonResponse, list_response
from entrypoints.http.cursors import decode_cursor, encode_cursor
from entrypoints.http.etags import etag, expected_version
from entrypoints.http.fields import Instant
from entrypoints.http.parameters import Cursor, IfMatch, Limit
from entrypoints.http.problems import failures
from entrypoints.http.request import ApiRequest
from entrypoints.http.schemas.common import ListBody
from entrypoints.http.schemas.spaces import (
    AvailabilityBody,
    CreateSpaceBody,
    SpaceBody,
    SpaceTypeCountBody,
    SpaceTypesBody,
    UpdateSpaceBody,
    availability_body,
    space_body,
)

LABELS = {
    SpaceType.HOT_DESK: "Hot desk",
    SpaceType.DEDICATED_DESK: "Dedicated desk",
    SpaceType.PRIVATE_OFFICE: "Private office",
    SpaceType.MEETING_ROOM: "Meeting room",
}
_FORBIDDEN = (errors.InvalidToken, errors.Forbidden)


@get(opt=OPTIONAL, responses=failures(errors.InvalidValue))
async def find_spaces_handler(
    request: ApiRequest,
    list_spaces: NamedDependency[ListSpaces],
    space_type: FromQuery[SpaceType | None] = None,
    is_active: FromQuery[bool | None] = None,
    min_capacity: Annotated[int | None, QueryParameter(ge=1, le=1_000_000)] = None,
    available_from: FromQuery[Instant | None] = None,
    available_to: FromQuery[Instant | None] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response[ListBody[SpaceBody]]:
    """List spaces, in the order they were made. Inactive ones are for admins only."""
    wanted = SpaceFilter(space_type=space_type, is_active=is_active, min_capacity=min_capacity)
    page = await list_spaces(
        FindSpacesQuery(
            caller=request.user,
            wanted=wanted,
            free_for=_free_for(available_from, available_to),
            after=_position(cursor),
            limit=limit,
        )
    )
    documents = [
        item if isinstance(item, str) else msgspec.json.encode(space_body(item)).decode()
        for item in page.items
    ]
    return list_response(documents, encode_cursor(page.next))


@get("/types", opt=PUBLIC)
async def count_space_types_handler(
    count_space_types: NamedDependency[CountSpaceTypes],
) -> SpaceTypesBody:
    """All types of space, with how many active spaces of each there are."""
    counts = await count_space_types()
    return SpaceTypesBody(
        [SpaceTypeCountBody(kind, LABELS[kind], count) for kind, count in counts.items()]
    )


@get("/{space_id:uuid}", opt=OPTIONAL, responses=failures(errors.NotFound))
async def get_space_handler(
    request: ApiRequest, space_id: FromPath[UUID], get_space: NamedDependency[GetSpace]
) -> Response[SpaceBody]:
    """One space."""
    return _answer(await get_space(SpaceId(space_id), request.user))


@get(
    "/{space_id:uuid}/availability",
    opt=OPTIONAL,
    responses=failures(errors.InvalidValue, errors.NotFound),
)
async def see_availability_handler(
    request: ApiRequest,
    space_id: FromPath[UUID],
    see_availability: NamedDependency[SeeAvailability],
    start_time: FromQuery[Instant],
    end_time: FromQuery[Instant],
) -> Response[AvailabilityBody]:
    """When a space is free and when it is busy, within at most 62 days."""
    window = _window(start_time.value, end_time.value, "end_time")
    answer = await see_availability(SpaceId(space_id), window, request.user)
    return JsonResponse(availability_body(space_id, answer))


@post(responses=failures(errors.InvalidValue, *_FORBIDDEN))
async def create_space_handler(
    request: ApiRequest, data: JSONBody[CreateSpaceBody], create_space: NamedDependency[CreateSpace]
) -> Response[SpaceBody]:
    """Add a space."""
    space = await create_space(request.caller, data.new_space())
    return _answer(space, status_code=201, headers={"Location": f"/api/spaces/{space.id}"})


@put(
    "/{space_id:uuid}",
    responses=failures(
        errors.InvalidValue, *_FORBIDDEN, errors.NotFound, errors.DeskInUse, errors.VersionMismatch
    ),
)
async def update_space_handler(
    request: ApiRequest,
    space_id: FromPath[UUID],
    data: JSONBody[UpdateSpaceBody],
    update_space: NamedDependency[UpdateSpace],
    if_match: IfMatch = None,
) -> Response[SpaceBody]:
    """Change the given fields of a space; bookings that exist keep their time and price."""
    space = await update_space(
        request.caller, SpaceId(space_id), data.changes(), expected_version(if_match)
    )
    return _answer(space)


@delete(
    "/{space_id:uuid}",
    responses=failures(*_FORBIDDEN, errors.NotFound, errors.SpaceHasBookings),
)
async def delete_space_handler(
    request: ApiRequest,
    space_id: FromPath[UUID],
    delete_space: NamedDependency[DeleteSpace],
    cancel_bookings: FromQuery[bool] = False,
) -> None:
    """Take a space out of use. Its history stays."""
    await delete_space(request.caller, SpaceId(space_id), cancel_bookings=cancel_bookings)


def _answer(
    space: Space, *, status_code: int = 200, headers: dict[str, str] | None = None
) -> Response[SpaceBody]:
    tag = {"ETag": etag(space.version)}
    return JsonResponse(space_body(space), status_code=status_code, headers=tag | (headers or {}))


def _position(cursor: str | None) -> SpaceId | None:
    position = decode_cursor(cursor, UUID)
    return None if position is None else SpaceId(position)


def _free_for(start: Instant | None, end: Instant | None) -> Period | None:
    if start is None and end is None:
        return None
    if start is None or end is None:
        missing = "available_from" if start is None else "available_to"
        raise errors.InvalidValue("One end of the period is missing.", field=missing)
    return _window(start.value, end.value, "available_to")


def _window(start: datetime, end: datetime, field: str) -> Period:
    if start >= end:
        raise errors.InvalidValue("Expected an end after the start.", field=field)
    return Period(start, end)


router = Router(
    "/api/spaces",
    tags=["Spaces"],
    route_handlers=[
        find_spaces_handler,
        count_space_types_handler,
        get_space_handler,
        see_availability_handler,
        create_space_handler,
        update_space_handler,
        delete_space_handler,
    ],
)
