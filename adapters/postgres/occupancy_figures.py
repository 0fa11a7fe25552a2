"""The figures of the occupancy report: three statements, of which two pass over each use once."""

from collections.abc import Sequence
from datetime import datetime
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
_ALL_SPACES, _BY_START, _BY_END = 0b011, 0b101, 0b110

_SPACES = Statement(
    sa.select(spaces.c.name, *space_history.c)
    .join_from(spaces, space_history)
    .where(_IS_WANTED)
    .order_by(spaces.c.id, space_history.c.version)
)


def _usage(uses: sa.CompoundSelect[Any]) -> Statement:
    """Beginnings, ends, and times by space, from one pass over uses (space_id, start, end)."""
    use = uses.subquery("use")
    wanted = sa.select(spaces.c.id).where(_IS_WANTED)
    start = sa.func.greatest(use.c.start, RANGE_START)
    end = sa.func.least(use.c.end, RANGE_END)
    cut = (
        sa.select(
            use.c.space_id,
            start.label("start"),
            end.label("end"),
            sa.func.date_bin(_GRAIN, start, _EPOCH).label("start_bin"),
            sa.func.date_bin(_GRAIN, end, _EPOCH).label("end_bin"),
        )
        .where(use.c.space_id.in_(wanted), start < end)
        .subquery("cut")
    )
    keys = (cut.c.space_id, cut.c.start_bin, cut.c.end_bin)
    return Statement(
        sa.select(
            sa.func.grouping(*keys),
            *keys,
            sa.func.count(),
            sa.func.sum(cut.c.end - cut.c.start),
            sa.func.sum(cut.c.start - cut.c.start_bin),
            sa.func.sum(cut.c.end - cut.c.end_bin),
        ).group_by(sa.func.grouping_sets(*(sa.tuple_(key) for key in keys)))
    )


_BOOKED = _usage(
    booked(
        bookings.c.space_id,
        bookings.c.start_time.label("start"),
        bookings.c.end_time.label("end"),
    )
)
_OCCUPIED = _usage(
    stays(
        occupancy_logs.c.space_id,
        occupancy_logs.c.occupied_at.label("start"),
        sa.func.coalesce(occupancy_logs.c.vacated_at, NOW).label("end"),
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

    async def rows(statement: Statement) -> Sequence[asyncpg.Record]:
        return await connection.fetch(statement.sql, *statement.arguments(values))

    names: dict[SpaceId, str] = {}
    history: dict[SpaceId, list[SpaceVersion]] = {}
    for name, *row in await rows(_SPACES):
        version = space_version_from(row)
        names[version.space_id] = name
        history.setdefault(version.space_id, []).append(version)
    return OccupancyFigures(
        names, history, _usage_from(await rows(_BOOKED)), _usage_from(await rows(_OCCUPIED))
    )


def _usage_from(rows: Sequence[asyncpg.Record]) -> Usage:
    by_space: dict[SpaceId, int] = {}
    began, ended = [], []
    for which, space_id, start_bin, end_bin, count, used, after_start, after_end in rows:
        if which == _ALL_SPACES:
            by_space[space_id] = used // MICROSECOND
        elif which == _BY_START:
            began.append(Edge(start_bin, count, after_start // MICROSECOND))
        else:
            ended.append(Edge(end_bin, count, after_end // MICROSECOND))
    return Usage(by_space, sorted(began), sorted(ended))
