"""What the statements of several reports are made of: bookings and stays that meet the range."""

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
"""24 hours before the range; a value, so that it is not reckoned anew for each row."""
STARTS: sa.BindParameter[Any] = sa.bindparam("starts", type_=pg.ARRAY(_Time))
"""When each day begins."""
_RANGE = sa.func.tstzrange(RANGE_START, RANGE_END)
STAY_END = sa.func.coalesce(occupancy_logs.c.vacated_at, NOW)


def values_of(days: ReportDays) -> dict[str, Any]:
    """The range, as the statements ask for it."""
    return {
        "range_start": days.start,
        "range_end": days.end,
        "a_day_before": days.start - timedelta(hours=24),
        "starts": list(days.starts[:-1]),
    }


def day_of(instant: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """The number of the local day that it lies in, the first one being 1; 0 for any before."""
    return sa.func.width_bucket(instant, STARTS, type_=sa.Integer())


def booked(
    *columns: sa.ColumnElement[Any],
    where: str = IS_BOOKED,
    also: sa.ColumnElement[bool] | None = None,
) -> sa.Select[Any]:
    """Bookings that meet the range."""
    start, end = bookings.c.start_time, bookings.c.end_time
    counts: sa.ColumnElement[bool] = sa.literal_column(f"({where})", sa.Boolean)
    return sa.select(*columns).where(
        counts if also is None else sa.and_(counts, also),
        *_meets(start, end, TAKES_LONG, sa.func.tstzrange(start, end)),
    )


def stays(*columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Stays that meet the range; one that lasts ends now, if it has begun by now."""
    start, end = occupancy_logs.c.occupied_at, STAY_END
    period = sa.func.tstzrange(start, occupancy_logs.c.vacated_at)
    return sa.select(*columns).where(end > start, *_meets(start, end, STAYED_LONG, period))


def _meets(
    start: sa.ColumnElement[Any], end: sa.ColumnElement[Any], long: str, period: Any
) -> list[sa.ColumnElement[bool]]:
    """Ranges that meet the report's, told so that indexes find them, however old the house.

    Most began within it or within the day before it. Those that began earlier take long; they are
    few, and have an index of their own.
    """
    is_long = sa.literal_column(f"({long})", sa.Boolean)
    return [
        RANGE_START < RANGE_END,
        start < RANGE_END,
        end > RANGE_START,
        sa.or_(start > A_DAY_BEFORE, sa.and_(is_long, period.bool_op("&&")(_RANGE))),
    ]
