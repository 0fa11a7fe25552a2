"""SQL shared by the reports: bookings and stays that overlap the range of a report."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.schema.bookings import (
    IS_BOOKED,
    STAYED_LONG,
    TAKES_LONG,
    bookings,
    occupancy_logs,
)
from domain.analytics.days import ReportDays

_Time = sa.DateTime(timezone=True)
RANGE_START: sa.BindParameter[Any] = sa.bindparam("range_start", type_=_Time)
RANGE_END: sa.BindParameter[Any] = sa.bindparam("range_end", type_=_Time)
NOW: sa.BindParameter[Any] = sa.bindparam("now", type_=_Time)
A_DAY_BEFORE: sa.BindParameter[Any] = sa.bindparam("a_day_before", type_=_Time)
"""24 hours before the range. A parameter, so that it is not computed for each row."""
STARTS: sa.BindParameter[Any] = sa.bindparam("starts", type_=pg.ARRAY(_Time))
"""The start of each day."""
_RANGE = sa.func.tstzrange(RANGE_START, RANGE_END)
STAY_END = sa.func.coalesce(occupancy_logs.c.vacated_at, NOW)


def values_of(days: ReportDays) -> dict[str, Any]:
    """Return the parameters of the range."""
    return {
        "range_start": days.start,
        "range_end": days.end,
        "a_day_before": days.start - timedelta(hours=24),
        "starts": list(days.starts[:-1]),
    }


def day_of(time: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """Return the number of the local day of a time, from 1; 0 before the range."""
    return sa.func.width_bucket(time, STARTS, type_=sa.Integer())


def booked(
    *columns: sa.ColumnElement[Any],
    where: str = IS_BOOKED,
    also: sa.ColumnElement[bool] | None = None,
) -> sa.Select[Any]:
    """Select bookings that overlap the range."""
    start, end = bookings.c.start_time, bookings.c.end_time
    counts: sa.ColumnElement[bool] = sa.literal_column(f"({where})", sa.Boolean)
    return sa.select(*columns).where(
        counts if also is None else sa.and_(counts, also),
        *_overlaps(start, end, TAKES_LONG, sa.func.tstzrange(start, end)),
    )


def stays(*columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Select stays that overlap the range. An open stay ends now, if it has started by now."""
    start, end = occupancy_logs.c.occupied_at, STAY_END
    period = sa.func.tstzrange(start, occupancy_logs.c.vacated_at)
    return sa.select(*columns).where(end > start, *_overlaps(start, end, STAYED_LONG, period))


def _overlaps(
    start: sa.ColumnElement[Any], end: sa.ColumnElement[Any], long: str, period: Any
) -> list[sa.ColumnElement[bool]]:
    """Return criteria for an overlap with the range, which indexes support at any amount of data.

    Most periods start within the range or the day before it. Those that started earlier are long;
    they are few, and have their own index.
    """
    is_long = sa.literal_column(f"({long})", sa.Boolean)
    return [
        RANGE_START < RANGE_END,
        start < RANGE_END,
        end > RANGE_START,
        sa.or_(start > A_DAY_BEFORE, sa.and_(is_long, period.bool_op("&&")(_RANGE))),
    ]
