"""`/api/analytics`: what an operator asks about a range of days, as JSON or CSV, for admins."""

from collections.abc import Hashable
from typing import Any
from uuid import UUID

import msgspec
from litestar import MediaType, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from application.ports.reports import OccupancyFilter
from application.reports.members import MembersReport
from application.reports.occupancy import OccupancyReport
from application.reports.revenue import RevenueReport
from domain import errors
from domain.analytics.revenue import Grouping
from domain.house import House
from domain.ids import SpaceId
from domain.spaces import SpaceType
from entrypoints.http.document import BESIDE_JSON
from entrypoints.http.fields import LocalDay
from entrypoints.http.kept_answers import KeptAnswers
from entrypoints.http.problems import failures
from entrypoints.http.request import ApiRequest
from entrypoints.http.schemas.analytics import (
    MembershipBody,
    OccupancyBody,
    RevenueBody,
    membership_body,
    occupancy_body,
    revenue_body,
)
from entrypoints.report_tables import members_table, occupancy_table, revenue_table
from entrypoints.tabular import Table

_CSV = "text/csv"
_AS_CSV_TOO = {BESIDE_JSON: _CSV}
_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Accept"}
_FAILURES = failures(errors.InvalidValue, errors.InvalidToken, errors.Forbidden)


@get("/occupancy", opt=_AS_CSV_TOO, responses=_FAILURES)
async def occupancy_report_handler(
    request: ApiRequest,
    occupancy_report: NamedDependency[OccupancyReport],
    house: NamedDependency[House],
    kept_answers: NamedDependency[KeptAnswers],
    start_date: FromQuery[LocalDay],
    end_date: FromQuery[LocalDay],
    space_id: FromQuery[UUID | None] = None,
    space_type: FromQuery[SpaceType | None] = None,
) -> Response[OccupancyBody]:
    """How full the house was: by day, by space, by weekday and hour. `text/csv` has the days."""
    wanted = OccupancyFilter(
        space_id=None if space_id is None else SpaceId(space_id), space_type=space_type
    )
    caller, start, end = request.caller, start_date.value, end_date.value
    is_csv = _wants_csv(request)

    async def make() -> tuple[Hashable, bytes]:
        stamp = await occupancy_report.stamp(caller)
        report = await occupancy_report(caller, start, end, wanted)
        if is_csv:
            return stamp, occupancy_table(report).as_csv().encode()
        return stamp, msgspec.json.encode(occupancy_body(report, house.timezone.key))

    key = start, end, wanted, is_csv
    body = await kept_answers.get(key, await occupancy_report.stamp(caller), make)
    return _as_csv(body, f"occupancy_{start}_{end}") if is_csv else _as_json(body)


@get("/revenue", opt=_AS_CSV_TOO, responses=_FAILURES)
async def revenue_report_handler(
    request: ApiRequest,
    revenue_report: NamedDependency[RevenueReport],
    house: NamedDependency[House],
    start_date: FromQuery[LocalDay],
    end_date: FromQuery[LocalDay],
    group_by: FromQuery[Grouping] = Grouping.DAY,
) -> Response[RevenueBody]:
    """Money by the day it moved. `text/csv` has the series."""
    start, end = start_date.value, end_date.value
    report = await revenue_report(request.caller, start, end, group_by)
    body = revenue_body(report, start, end, house.timezone.key)
    return _answer(request, body, revenue_table(report))


@get("/members", opt=_AS_CSV_TOO, responses=_FAILURES)
async def members_report_handler(
    request: ApiRequest,
    members_report: NamedDependency[MembersReport],
    house: NamedDependency[House],
    start_date: FromQuery[LocalDay],
    end_date: FromQuery[LocalDay],
) -> Response[MembershipBody]:
    """Who came, who went, who was there most. `text/csv` has the series."""
    report = await members_report(request.caller, start_date.value, end_date.value)
    return _answer(request, membership_body(report, house.timezone.key), members_table(report))


def _answer(request: ApiRequest, body: Any, table: Table) -> Response[Any]:
    """The body, or the table when CSV is wanted more."""
    return _as_csv(table.as_csv().encode(), table.name) if _wants_csv(request) else _as_json(body)


def _wants_csv(request: ApiRequest) -> bool:
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
