"""What the statements of several reports are made of: bookings and stays that meet the range."""

from typing import Any

import sqlalchemy as sa

from adapters.postgres.tables import (
    IS_BOOKED,
    STAYED_LONG,
    TAKES_LONG,
    bookings,
    occupancy_logs,
)

_Time = sa.DateTime(timezone=True)
RANGE_START: sa.BindParameter[Any] = sa.bindparam("range_start", type_=_Time)
RANGE_END: sa.BindParameter[Any] = sa.bindparam("range_end", type_=_Time)
NOW: sa.BindParameter[Any] = sa.bindparam("now", type_=_Time)
_A_DAY = sa.literal_column("interval '24 hours'", sa.Interval)
_RANGE = sa.func.tstzrange(RANGE_START, RANGE_END)


def booked(
    *columns: sa.ColumnElement[Any],
    where: str = IS_BOOKED,
    also: sa.ColumnElement[bool] | None = None,
) -> sa.CompoundSelect[Any]:
    """Bookings that meet the range, in two parts so that indexes find them, however old the house.

    Most began within it or within the day before it; the few that take longer have an index of
    their own.
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
            start > RANGE_START - _A_DAY,
            end > RANGE_START,
            ~is_long,
            RANGE_START < RANGE_END,
        ),
        sa.select(*columns).where(
            counts, sa.func.tstzrange(start, end).bool_op("&&")(_RANGE), is_long
        ),
    )


def stays(*columns: sa.ColumnElement[Any]) -> sa.CompoundSelect[Any]:
    """Stays that meet the range, in two parts likewise; those that last are among the long."""
    start, end = occupancy_logs.c.occupied_at, occupancy_logs.c.vacated_at
    is_long = sa.literal_column(f"({STAYED_LONG})", sa.Boolean)
    return sa.union_all(
        sa.select(*columns).where(
            start < RANGE_END,
            start > RANGE_START - _A_DAY,
            end > RANGE_START,
            ~is_long,
            RANGE_START < RANGE_END,
        ),
        sa.select(*columns).where(sa.func.tstzrange(start, end).bool_op("&&")(_RANGE), is_long),
    )
