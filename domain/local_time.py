"""The house's wall clock: days, months and the step grid in local time, and their UTC instants.

A wall-clock time that does not exist or exists twice is resolved as `zoneinfo` does with `fold=0`
(the contract): in a gap with the offset before it, in a repeated hour as the first.
"""

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.period import Period

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def wall_clock(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the local time at `instant`, as a naive datetime."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant in UTC at which the local time is `wall` (naive)."""
    return wall.replace(tzinfo=zone).astimezone(UTC)


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant in UTC at which the local day begins."""
    return instant_of(datetime.combine(day, time()), zone)


def add_months(wall: datetime, months: int) -> datetime:
    """Return the same day and time `months` later, clamped to the last day of that month."""
    years, month0 = divmod(wall.month - 1 + months, 12)
    year, month = wall.year + years, month0 + 1
    return wall.replace(year=year, month=month, day=min(wall.day, monthrange(year, month)[1]))


def is_on_grid(instant: datetime, step: timedelta, zone: ZoneInfo) -> bool:
    """Whether the wall clock shows a whole multiple of `step` since midnight."""
    return not _past_grid(instant, step, zone)


def next_on_grid(instant: datetime, step: timedelta, zone: ZoneInfo) -> datetime:
    """Return the first instant on the step grid that is not before `instant`."""
    past = _past_grid(instant, step, zone)
    if not past:
        return instant
    ahead = instant + (step - past)
    if is_on_grid(ahead, step, zone):
        return ahead
    # A clock change in between shifts the grid, and may have created a nearer point.
    minute = ceil_minute(instant)
    while not is_on_grid(minute, step, zone):
        minute += MINUTE
    return minute


def previous_on_grid(instant: datetime, step: timedelta, zone: ZoneInfo) -> datetime:
    """Return the last instant on the step grid that is not after `instant`."""
    behind = instant - _past_grid(instant, step, zone)
    if is_on_grid(behind, step, zone):
        return behind
    minute = floor_minute(instant)
    while not is_on_grid(minute, step, zone):
        minute -= MINUTE
    return minute


def clock_changes(period: Period, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the instants within the period, to the minute, at which the UTC offset changes."""
    start = floor_minute(period.start)
    while start < period.end:
        end = min(start + DAY, period.end)
        if end.astimezone(zone).utcoffset() == start.astimezone(zone).utcoffset():
            start = end
            continue
        minutes = range((end - start) // MINUTE + 1)
        start += MINUTE * bisect_left(minutes, True, key=_is_changed(start, zone))
        if start < period.end:
            yield start


def since_midnight(wall: datetime) -> timedelta:
    """Return the wall-clock time since midnight."""
    return wall - datetime.combine(wall, time())


def ceil_minute(instant: datetime) -> datetime:
    """Return the first whole minute that is not before `instant`."""
    floor = floor_minute(instant)
    return floor if floor == instant else floor + MINUTE


def floor_minute(instant: datetime) -> datetime:
    """Return the last whole minute that is not after `instant`."""
    return instant.replace(second=0, microsecond=0)


def _is_changed(start: datetime, zone: ZoneInfo) -> Callable[[int], bool]:
    before = start.astimezone(zone).utcoffset()
    return lambda minutes: (start + minutes * MINUTE).astimezone(zone).utcoffset() != before


def _past_grid(instant: datetime, step: timedelta, zone: ZoneInfo) -> timedelta:
    return since_midnight(wall_clock(instant, zone)) % step
