"""The figures of the occupancy report: three statements, of which two pass over each use once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import asyncpg
import sqlalchemy as sa

from adapters.postgres.connections import Connection
from adapters.postgres.report_parts import NOW, RANGE_END, RANGE_START, booked, stays
from adapters.postgres.rows import space_version_from
from adapters.postgres.statement import Statement
from adapters.postgres.tables import bookings, occupancy_logs, space_history, space_type, spaces
from application.ports.reports import OccupancyFilter
from domain.analytics.days import ReportDays
from domain.analytics.occupancy import OccupancyFigures
from domain.analytics.usage import MICROSECOND, Edge, Usage, grain_of
from domain.ids import SpaceId
from domain.space_history import SpaceVersion

_WANTED_ID: sa.BindParameter[Any] = sa.bindparam("wanted_id", type_=sa.Uuid)
_WANTED_TYPE: sa.BindParameter[Any] = sa.bindparam("wanted_type", type_=space_type)
_GRAIN: sa.BindParameter[Any] = sa.bindparam("grain", type_=sa.Interval)
_IS_WANTED = sa.and_(
    sa.or_(_WANTED_ID.is_(None), spaces.c.id == _WANTED_ID),
    sa.or_(_WANTED_TYPE.is_(None), spaces.c.space_type == _WANTED_TYPE),
)
_EPOCH: sa.ColumnElement[Any] = sa.literal_column("timestamptz '1970-01-01 00:00:00+00'")
_SECOND = 1_000_000
_COUNT = sa.func.count()
_BY_SPACE, _BY_START = 0b011, 0b101
"""What GROUPING tells of a row whose key is the first, or the second, of three."""

_SPACES = Statement(
    sa.select(spaces.c.name, *space_history.c)
    .join_from(spaces, space_history)
    .where(_IS_WANTED)
    .order_by(spaces.c.id, space_history.c.version)
)


def _wanted(use: sa.Subquery, *, all_spaces: bool) -> list[sa.ColumnElement[bool]]:
    """A look at the space of each use costs a quarter as much again, so not without need."""
    return [] if all_spaces else [use.c.space_id.in_(sa.select(spaces.c.id).where(_IS_WANTED))]


def _bin(instant: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.func.date_bin(_GRAIN, instant, _EPOCH)


@cache
def booked_statement(*, all_spaces: bool) -> Statement:
    """Times by space, beginnings, and ends, from one pass over the bookings.

    Many begin, and many end, at the same instants: they are counted by instant, and only what that
    makes is put into grains, which costs a tenth.
    """
    use = booked(bookings.c.space_id, bookings.c.start_time, bookings.c.end_time).subquery("use")
    cut = (
        sa.select(
            use.c.space_id,
            sa.func.greatest(use.c.start_time, RANGE_START).label("start"),
            sa.func.least(use.c.end_time, RANGE_END).label("end"),
        )
        .where(*_wanted(use, all_spaces=all_spaces))
        .subquery("cut")
    )
    keys = (cut.c.space_id, cut.c.start, cut.c.end)
    counted = (
        sa.select(
            sa.func.grouping(*keys).label("which"),
            *keys,
            _COUNT.label("uses"),
            sa.func.sum(cut.c.end - cut.c.start).label("time"),
        )
        .group_by(sa.func.grouping_sets(*(sa.tuple_(key) for key in keys)))
        .subquery("counted")
    )
    at = sa.func.coalesce(counted.c.start, counted.c.end)
    binned = _bin(at).label("at")
    beyond = sa.extract("epoch", at - _bin(at)) * counted.c.uses
    return Statement(
        sa.select(
            counted.c.which,
            counted.c.space_id,
            binned,
            sa.func.sum(counted.c.uses),
            sa.func.sum(beyond),
            sa.func.sum(counted.c.time),
        ).group_by(counted.c.which, counted.c.space_id, binned)
    )


@cache
def occupied_statement(*, all_spaces: bool) -> Statement:
    """Beginnings and ends, from one pass over the stays; hardly two are at the same instant."""
    use = stays(
        occupancy_logs.c.space_id,
        occupancy_logs.c.occupied_at,
        sa.func.coalesce(occupancy_logs.c.vacated_at, NOW).label("vacated_at"),
    ).subquery("use")
    cut = (
        sa.select(
            sa.func.greatest(use.c.occupied_at, RANGE_START).label("start"),
            sa.func.least(use.c.vacated_at, RANGE_END).label("end"),
        )
        # One that lasts ends now, which may be before the range, or before it began.
        .where(
            use.c.vacated_at > sa.func.greatest(use.c.occupied_at, RANGE_START),
            *_wanted(use, all_spaces=all_spaces),
        )
        .subquery("cut")
    )
    start, end = _bin(cut.c.start).label("start_bin"), _bin(cut.c.end).label("end_bin")
    counted = (
        sa.select(
            start,
            end,
            _COUNT.label("uses"),
            sa.func.sum(cut.c.start - start).label("after_start"),
            sa.func.sum(cut.c.end - end).label("after_end"),
        )
        .group_by(start, end)
        .subquery("counted")
    )
    is_start = sa.func.grouping(counted.c.end_bin) == sa.literal_column("1")
    beyond = sa.case(
        (is_start, sa.func.sum(counted.c.after_start)), else_=sa.func.sum(counted.c.after_end)
    )
    return Statement(
        sa.select(
            is_start,
            sa.func.coalesce(counted.c.start_bin, counted.c.end_bin),
            sa.func.sum(counted.c.uses),
            sa.extract("epoch", beyond),
        ).group_by(
            sa.func.grouping_sets(sa.tuple_(counted.c.start_bin), sa.tuple_(counted.c.end_bin))
        )
    )


async def read(
    connection: Connection, days: ReportDays, wanted: OccupancyFilter, now: datetime
) -> OccupancyFigures:
    """All of the figures, as they stand in the connection's transaction."""
    values = {
        "range_start": days.start,
        "range_end": days.end,
        "grain": grain_of(days),
        "now": now,
        "wanted_id": wanted.space_id,
        "wanted_type": wanted.space_type,
    }

    all_spaces = wanted == OccupancyFilter()

    async def rows(statement: Statement) -> Sequence[asyncpg.Record]:
        return await connection.fetch(statement.sql, *statement.arguments(values))

    names: dict[SpaceId, str] = {}
    history: dict[SpaceId, list[SpaceVersion]] = {}
    for name, *row in await rows(_SPACES):
        version = space_version_from(row)
        names[version.space_id] = name
        history.setdefault(version.space_id, []).append(version)
    by_space: dict[SpaceId, int] = {}
    booked_edges = []
    for which, space_id, at, uses, beyond, time in await rows(
        booked_statement(all_spaces=all_spaces)
    ):
        if which == _BY_SPACE:
            by_space[space_id] = time // MICROSECOND
        else:
            booked_edges.append((which == _BY_START, at, uses, beyond))
    stayed = await rows(occupied_statement(all_spaces=all_spaces))
    return OccupancyFigures(names, history, by_space, _usage(booked_edges), _usage(stayed))


def _usage(rows: Iterable[Iterable[Any]]) -> Usage:
    """Of rows (is a beginning, at, uses, seconds beyond that)."""
    began: list[Edge] = []
    ended: list[Edge] = []
    for is_beginning, at, uses, beyond in rows:
        edge = Edge(at, int(uses), int(beyond * _SECOND))
        (began if is_beginning else ended).append(edge)
    return Usage(sorted(began), sorted(ended))
