"""`/api/spaces`: spaces, their availability, and their management by admins."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from application.common.paging import DEFAULT_PAGE_SIZE
from application.ports.spaces import SpaceFilter
from application.spaces.count_space_types import CountSpaceTypes
from application.spaces.create_space import CreateSpace
from application.spaces.delete_space import DeleteSpace
from application.spaces.find_spaces import FindSpacesQuery
from application.spaces.get_availability import GetAvailability
from application.spaces.get_space import GetSpace
from application.spaces.list_spaces import ListSpaces
from application.spaces.update_space import UpdateSpace
from domain import errors
from domain.ids import SpaceId
from domain.period import Period
from domain.spaces import Space, SpaceType
from entrypoints.http.cursors import decode_cursor, encode_cursor
from entrypoints.http.etags import etag, expected_version
from entrypoints.http.fields import Instant
from entrypoints.http.middleware.authentication import OPTIONAL, PUBLIC
from entrypoints.http.openapi.problem_responses import problem_responses
from entrypoints.http.parameters import Cursor, IfMatch, Limit, SpaceIdPath
from entrypoints.http.request import ApiRequest
from entrypoints.http.responses import JsonResponse, list_response
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
_ADMIN_ONLY = (errors.InvalidToken, errors.Forbidden)


@get(summary="List spaces", opt=OPTIONAL, responses=problem_responses(errors.InvalidValue))
async def find_spaces_handler(
    request: ApiRequest,
    list_spaces: NamedDependency[ListSpaces],
    space_type: Annotated[
        SpaceType | None, QueryParameter(description="Filter by type of space.")
    ] = None,
    is_active: Annotated[
        bool | None,
        QueryParameter(
            description=(
                "Filter by whether the space is active. Only admins see inactive spaces; they get "
                "both by default."
            )
        ),
    ] = None,
    min_capacity: Annotated[
        int | None,
        QueryParameter(ge=1, le=1_000_000, description="Only spaces with at least this capacity."),
    ] = None,
    available_from: Annotated[
        Instant | None,
        QueryParameter(
            description=(
                "With `available_to`: only spaces with a desk that is free for the whole period, "
                "within opening hours. Start of the period."
            )
        ),
    ] = None,
    available_to: Annotated[
        Instant | None,
        QueryParameter(description="End of the period (exclusive). Requires `available_from`."),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE_SIZE,
) -> Response[ListBody[SpaceBody]]:
    """List spaces in order of creation. Only admins see inactive spaces."""
    page = await list_spaces(
        FindSpacesQuery(
            caller=request.user,
            criteria=SpaceFilter(
                space_type=space_type, is_active=is_active, min_capacity=min_capacity
            ),
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


@get("/types", summary="List space types", opt=PUBLIC)
async def count_space_types_handler(
    count_space_types: NamedDependency[CountSpaceTypes],
) -> SpaceTypesBody:
    """List all types of space, each with its number of active spaces."""
    counts = await count_space_types()
    return SpaceTypesBody(
        [
            SpaceTypeCountBody(space_type, LABELS[space_type], count)
            for space_type, count in counts.items()
        ]
    )


@get(
    "/{space_id:uuid}",
    summary="Get a space",
    opt=OPTIONAL,
    responses=problem_responses(errors.NotFound),
)
async def get_space_handler(
    request: ApiRequest, space_id: SpaceIdPath, get_space: NamedDependency[GetSpace]
) -> Response[SpaceBody]:
    """Return a space. Only admins see inactive spaces."""
    return _space_response(await get_space(SpaceId(space_id), request.user))


@get(
    "/{space_id:uuid}/availability",
    summary="Get the availability of a space",
    opt=OPTIONAL,
    responses=problem_responses(errors.InvalidValue, errors.NotFound),
)
async def see_availability_handler(
    request: ApiRequest,
    space_id: SpaceIdPath,
    get_availability: NamedDependency[GetAvailability],
    start_time: Annotated[Instant, QueryParameter(description="Start of the window.")],
    end_time: Annotated[
        Instant,
        QueryParameter(description="End of the window (exclusive), at most 62 days later."),
    ],
) -> Response[AvailabilityBody]:
    """Return the free and busy periods of a space within a window of at most 62 days."""
    window = _window(start_time.value, end_time.value, "end_time")
    availability = await get_availability(SpaceId(space_id), window, request.user)
    return JsonResponse(availability_body(space_id, availability))


@post(summary="Create a space", responses=problem_responses(errors.InvalidValue, *_ADMIN_ONLY))
async def create_space_handler(
    request: ApiRequest, data: JSONBody[CreateSpaceBody], create_space: NamedDependency[CreateSpace]
) -> Response[SpaceBody]:
    """Create a space. Admins only."""
    space = await create_space(request.caller, data.new_space())
    return _space_response(space, status_code=201, headers={"Location": f"/api/spaces/{space.id}"})


@put(
    "/{space_id:uuid}",
    summary="Update a space",
    responses=problem_responses(
        errors.InvalidValue, *_ADMIN_ONLY, errors.NotFound, errors.DeskInUse, errors.VersionMismatch
    ),
)
async def update_space_handler(
    request: ApiRequest,
    space_id: SpaceIdPath,
    data: JSONBody[UpdateSpaceBody],
    update_space: NamedDependency[UpdateSpace],
    if_match: IfMatch = None,
) -> Response[SpaceBody]:
    """Change a space. Admins only. Existing bookings keep their time and price."""
    space = await update_space(
        request.caller, SpaceId(space_id), data.changes(), expected_version(if_match)
    )
    return _space_response(space)


@delete(
    "/{space_id:uuid}",
    summary="Delete a space",
    responses=problem_responses(*_ADMIN_ONLY, errors.NotFound, errors.SpaceHasBookings),
)
async def delete_space_handler(
    request: ApiRequest,
    space_id: SpaceIdPath,
    delete_space: NamedDependency[DeleteSpace],
    cancel_bookings: Annotated[
        bool,
        QueryParameter(
            description=(
                "Cancel and fully refund the bookings of the space that have not ended. Default: "
                "`false`; with such bookings, the request fails with `space_has_bookings`."
            )
        ),
    ] = False,
) -> None:
    """Deactivate a space. Admins only. Its past bookings remain."""
    await delete_space(request.caller, SpaceId(space_id), cancel_bookings=cancel_bookings)


def _space_response(
    space: Space, *, status_code: int = 200, headers: dict[str, str] | None = None
) -> Response[SpaceBody]:
    versioned = {"ETag": etag(space.version)} | (headers or {})
    return JsonResponse(space_body(space), status_code=status_code, headers=versioned)


def _position(cursor: str | None) -> SpaceId | None:
    position = decode_cursor(cursor, UUID)
    return None if position is None else SpaceId(position)


def _free_for(start: Instant | None, end: Instant | None) -> Period | None:
    if start is None and end is None:
        return None
    if start is None or end is None:
        missing = "available_from" if start is None else "available_to"
        raise errors.InvalidValue(
            "Expected both `available_from` and `available_to`.", field=missing
        )
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
