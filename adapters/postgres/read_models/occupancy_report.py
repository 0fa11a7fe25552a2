"""The figures of the occupancy report: three statements, of which two pass over each use once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.sql.elements import Grouping

from adapters.postgres.engine.pool import Connection
from adapters.postgres.engine.statement import Statement
from adapters.postgres.mappers.space import space_version_from
from adapters.postgres.read_models.report_sql import (
    RANGE_END,
    RANGE_START,
    STARTS,
    STAY_END,
    booked,
    day_of,
    stays,
    values_of,
)
from adapters.postgres.schema.bookings import bookings, occupancy_logs
from adapters.postgres.schema.spaces import space_history, spaces
from adapters.postgres.schema.types import space_type
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
_SECOND: sa.ColumnElement[int] = sa.literal_column("1000000")
"""In microseconds; extract() gives an exact number of seconds."""
_COUNT = sa.func.count()
_BY_SPACE, _BY_START = 0b0011, 0b1101
"""What GROUPING tells of a row whose keys are the first two, or the third, of four."""

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
    return sa.func.date_bin(_GRAIN, instant, RANGE_START)


@cache
def booked_statement(*, all_spaces: bool) -> Statement:
    """Times by space, beginnings, and ends, from one pass over the bookings.

    Many take as long, begin, or end, as others do: they are counted, which is the least that can be
    done with each of a million rows, and only what that makes is added up and put into grains.
    """
    use = booked(bookings.c.space_id, bookings.c.start_time, bookings.c.end_time).subquery("use")
    start = sa.func.greatest(use.c.start_time, RANGE_START).label("start")
    end = sa.func.least(use.c.end_time, RANGE_END).label("end")
    cut = (
        sa.select(use.c.space_id, (end - start).label("time"), start, end)
        .where(*_wanted(use, all_spaces=all_spaces))
        .subquery("cut")
    )
    keys = (cut.c.space_id, cut.c.time, cut.c.start, cut.c.end)
    counted = (
        sa.select(sa.func.grouping(*keys).label("which"), *keys, _COUNT.label("uses"))
        .group_by(
            sa.func.grouping_sets(
                sa.tuple_(cut.c.space_id, cut.c.time),
                sa.tuple_(cut.c.start),
                sa.tuple_(cut.c.end),
            )
        )
        .subquery("counted")
    )
    at = sa.func.coalesce(counted.c.start, counted.c.end)
    binned = _bin(at).label("at")
    time = sa.func.coalesce(counted.c.time, at - binned.element)
    return Statement(
        sa.select(
            counted.c.which,
            counted.c.space_id,
            binned,
            sa.cast(sa.func.sum(counted.c.uses), sa.BigInteger),
            sa.cast(
                sa.func.sum(sa.extract("epoch", time) * counted.c.uses) * _SECOND, sa.BigInteger
            ),
        ).group_by(counted.c.which, counted.c.space_id, binned)
    )


@cache
def occupied_statement(*, all_spaces: bool) -> Statement:
    """Stays by the days on which they began and ended, from one pass over them.

    Hardly two begin at the same instant, so that their times have to be added up one by one. Most
    end on the day on which they began; only of others it matters how far into their last they go.
    """
    use = stays(
        occupancy_logs.c.space_id,
        occupancy_logs.c.occupied_at,
        STAY_END.label("vacated_at"),
    ).subquery("use")
    cut = (
        sa.select(
            sa.func.greatest(use.c.occupied_at, RANGE_START).label("start"),
            sa.func.least(use.c.vacated_at, RANGE_END).label("end"),
        )
        .where(*_wanted(use, all_spaces=all_spaces))
        .subquery("cut")
    )
    first, last = day_of(cut.c.start), day_of(cut.c.end)
    return Statement(
        sa.select(
            first.label("first"),
            last.label("last"),
            _COUNT,
            sa.func.sum(cut.c.end - cut.c.start),
            sa.func.sum(cut.c.end - Grouping(STARTS)[last]).filter(first != last),
        ).group_by(sa.literal_column("1"), sa.literal_column("2"))
    )


async def read(
    connection: Connection, days: ReportDays, criteria: OccupancyFilter, now: datetime
) -> OccupancyFigures:
    """All of the figures, as they stand in the connection's transaction."""
    values = values_of(days) | {
        "grain": grain_of(days),
        "now": now,
        "wanted_id": criteria.space_id,
        "wanted_type": criteria.space_type,
    }
    all_spaces = criteria == OccupancyFilter()

    async def rows(statement: Statement) -> Sequence[asyncpg.Record]:
        return await connection.fetch(statement.sql, *statement.arguments(values))

    names: dict[SpaceId, str] = {}
    history: dict[SpaceId, list[SpaceVersion]] = {}
    for name, *row in await rows(_SPACES):
        version = space_version_from(row)
        names[version.space_id] = name
        history.setdefault(version.space_id, []).append(version)
    by_space: dict[SpaceId, int] = {}
    began: list[Edge] = []
    ended: list[Edge] = []
    for which, space_id, at, uses, time in await rows(booked_statement(all_spaces=all_spaces)):
        if which == _BY_SPACE:
            by_space[space_id] = time
        else:
            (began if which == _BY_START else ended).append(Edge(at, uses, time))
    stayed = await rows(occupied_statement(all_spaces=all_spaces))
    booked_usage = Usage(sorted(began), sorted(ended))
    return OccupancyFigures(names, history, by_space, booked_usage, _usage_of_stays(stayed, days))


def _usage_of_stays(rows: Iterable[Iterable[Any]], days: ReportDays) -> Usage:
    """Of rows (first day, last day, stays, time, time on the last day), the first day being 1.

    How far into its first day each began follows from the others. Where both are the same day, any
    beginning will do that leaves the time as it is, such as the day's own.
    """
    began: list[Edge] = []
    ended: list[Edge] = []
    for first, last, uses, time, on_last in rows:
        start, end = days.starts[first - 1], days.starts[last - 1]
        beyond_end = time if on_last is None else on_last
        beyond_start = beyond_end + uses * (end - start) - time
        began.append(Edge(start, uses, beyond_start // MICROSECOND))
        ended.append(Edge(end, uses, beyond_end // MICROSECOND))
    return Usage(sorted(began), sorted(ended))
