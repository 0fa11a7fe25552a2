"""`/api/analytics`: reports on a range of days as JSON or CSV, for admins."""

from collections.abc import Hashable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import MediaType, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from application.ports.reports import OccupancyFilter
from application.reports.members_report import MembersReport
from application.reports.occupancy_report import OccupancyReport
from application.reports.revenue_report import RevenueReport
from domain import errors
from domain.analytics.revenue import Grouping
from domain.house import House
from domain.ids import SpaceId
from domain.spaces import SpaceType
from entrypoints.http.openapi.handler_options import ALTERNATIVE_MEDIA_TYPE
from entrypoints.http.openapi.problem_responses import problem_responses
from entrypoints.http.parameters import EndDate, StartDate
from entrypoints.http.request import ApiRequest
from entrypoints.http.response_cache import ResponseCache
from entrypoints.http.schemas.analytics import (
    MembershipBody,
    OccupancyBody,
    RevenueBody,
    membership_body,
    occupancy_body,
    revenue_body,
)
from entrypoints.reporting import Table, members_table, occupancy_table, revenue_table

_CSV = "text/csv"
_JSON_OR_CSV = {ALTERNATIVE_MEDIA_TYPE: _CSV}
_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Accept"}
_PROBLEMS = problem_responses(errors.InvalidValue, errors.InvalidToken, errors.Forbidden)


@get(
    "/occupancy",
    summary="Get the occupancy report",
    opt=_JSON_OR_CSV,
    responses=_PROBLEMS,
)
async def occupancy_report_handler(
    request: ApiRequest,
    occupancy_report: NamedDependency[OccupancyReport],
    house: NamedDependency[House],
    response_cache: NamedDependency[ResponseCache],
    start_date: StartDate,
    end_date: EndDate,
    space_id: Annotated[UUID | None, QueryParameter(description="Only this space, by ID.")] = None,
    space_type: Annotated[
        SpaceType | None, QueryParameter(description="Only spaces of this type.")
    ] = None,
) -> Response[OccupancyBody]:
    """Return the occupancy by day, by space, and by hour of the week.

    With `Accept: text/csv`, the response is a table of the days.
    """
    criteria = OccupancyFilter(
        space_id=None if space_id is None else SpaceId(space_id), space_type=space_type
    )
    caller, start, end = request.caller, start_date.value, end_date.value
    is_csv = _accepts_csv(request)

    async def create_body() -> tuple[Hashable, bytes]:
        version_token = await occupancy_report.version_token(caller)
        report = await occupancy_report(caller, start, end, criteria)
        if is_csv:
            return version_token, occupancy_table(report).as_csv().encode()
        return version_token, msgspec.json.encode(occupancy_body(report, house.timezone.key))

    key = start, end, criteria, is_csv
    body = await response_cache.get(key, await occupancy_report.version_token(caller), create_body)
    return _as_csv(body, f"occupancy_{start}_{end}") if is_csv else _as_json(body)


@get("/revenue", summary="Get the revenue report", opt=_JSON_OR_CSV, responses=_PROBLEMS)
async def revenue_report_handler(
    request: ApiRequest,
    revenue_report: NamedDependency[RevenueReport],
    house: NamedDependency[House],
    start_date: StartDate,
    end_date: EndDate,
    group_by: Annotated[
        Grouping, QueryParameter(description="Length of the periods in `series`. Default: `day`.")
    ] = Grouping.DAY,
) -> Response[RevenueBody]:
    """Return payments and refunds, counted on the day on which the money moved.

    With `Accept: text/csv`, the response is a table of the series.
    """
    start, end = start_date.value, end_date.value
    report = await revenue_report(request.caller, start, end, group_by)
    body = revenue_body(report, start, end, house.timezone.key)
    return _report_response(request, body, revenue_table(report))


@get("/members", summary="Get the member report", opt=_JSON_OR_CSV, responses=_PROBLEMS)
async def members_report_handler(
    request: ApiRequest,
    members_report: NamedDependency[MembersReport],
    house: NamedDependency[House],
    start_date: StartDate,
    end_date: EndDate,
) -> Response[MembershipBody]:
    """Return the number of members, their activity, plans, churn and no-shows.

    With `Accept: text/csv`, the response is a table of the series.
    """
    report = await members_report(request.caller, start_date.value, end_date.value)
    return _report_response(
        request, membership_body(report, house.timezone.key), members_table(report)
    )


def _report_response(request: ApiRequest, body: Any, table: Table) -> Response[Any]:
    """Return the body as JSON, or the table as CSV if the client prefers it."""
    if _accepts_csv(request):
        return _as_csv(table.as_csv().encode(), table.name)
    return _as_json(body)


def _accepts_csv(request: ApiRequest) -> bool:
    return request.accept.best_match([MediaType.JSON, _CSV], default=MediaType.JSON) == _CSV


def _as_json(body: Any) -> Response[Any]:
    return Response(body, media_type=MediaType.JSON, headers=_HEADERS)


def _as_csv(body: bytes, name: str) -> Response[Any]:
    headers = _HEADERS | {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(body, media_type=_CSV, headers=headers)


router = Router(
    "/api/analytics",
    tags=["Analytics"],
    route_handlers=[occupancy_report_handler, revenue_report_handler, members_report_handler],
)
