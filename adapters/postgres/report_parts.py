"""What the statements of several reports are made of: bookings and stays that meet the range."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from adapters.postgres.tables import (
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
_RANGE = sa.func.tstzrange(RANGE_START, RANGE_END)


def values_of(days: ReportDays) -> dict[str, Any]:
    """The range, as the statements ask for it."""
    return {
        "range_start": days.start,
        "range_end": days.end,
        "a_day_before": days.start - timedelta(hours=24),
    }


def booked(
    *columns: sa.ColumnElement[Any],
    where: str = IS_BOOKED,
    also: sa.ColumnElement[bool] | None = None,
) -> sa.CompoundSelect[Any]:
    """Bookings that meet the range, in two parts so that indexes find them, however old the house.

    Most began within it or within the day before it. Those that began earlier take long; they are
    few, and have an index of their own. So no row of the first part is asked how long it takes.
    """
    start, end = bookings.c.start_time, bookings.c.end_time
    is_long = sa.literal_column(f"({TAKES_LONG})", sa.Boolean)
    counts: sa.ColumnElement[bool] = sa.literal_column(f"({where})", sa.Boolean)
    if also is not None:
        counts = sa.and_(counts, also)
    return sa.union_all(
        sa.select(*columns).where(
            counts,
            start < RANGE_END,
            start > A_DAY_BEFORE,
            end > RANGE_START,
            RANGE_START < RANGE_END,
        ),
        sa.select(*columns).where(
            counts,
            sa.func.tstzrange(start, end).bool_op("&&")(_RANGE),
            is_long,
            start <= A_DAY_BEFORE,
        ),
    )


def stays(*columns: sa.ColumnElement[Any]) -> sa.CompoundSelect[Any]:
    """Stays that meet the range, in two parts likewise; those that last are among the long."""
    start, end = occupancy_logs.c.occupied_at, occupancy_logs.c.vacated_at
    is_long = sa.literal_column(f"({STAYED_LONG})", sa.Boolean)
    return sa.union_all(
        sa.select(*columns).where(
            start < RANGE_END,
            start > A_DAY_BEFORE,
            end > RANGE_START,
            RANGE_START < RANGE_END,
        ),
        sa.select(*columns).where(
            sa.func.tstzrange(start, end).bool_op("&&")(_RANGE),
            is_long,
            sa.or_(start <= A_DAY_BEFORE, end.is_(None)),
        ),
    )
