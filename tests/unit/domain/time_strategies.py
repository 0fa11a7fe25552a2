"""Instants and time zones for tests of the domain, and helpers of their minute-by-minute oracles.

Half of the instants lie around clock changes, today's and stranger ones of the past.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from domain.opening_hours import WEEKDAYS, Interval, OpeningHours
from domain.period import Period

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
APIA = ZoneInfo("Pacific/Apia")
KATHMANDU = ZoneInfo("Asia/Kathmandu")

_CLOCK_CHANGES = [
    ("America/New_York", date(2026, 3, 8)),  # 02:00 to 03:00
    ("America/New_York", date(2026, 11, 1)),  # 02:00 back to 01:00
    ("Europe/Istanbul", date(2015, 11, 8)),  # postponed because of an election
    ("Europe/Istanbul", date(2016, 3, 27)),  # the last change: summer time became permanent
    ("Asia/Kathmandu", date(1986, 1, 1)),  # by a quarter of an hour
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # by half an hour
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Apia", date(2011, 12, 30)),  # a day that was skipped
    ("America/Havana", date(2026, 3, 8)),  # at midnight
    ("America/Havana", date(2026, 11, 1)),
    ("Asia/Pyongyang", date(2018, 5, 5)),  # 23:30 to midnight
    ("Africa/Casablanca", date(2026, 2, 15)),  # back for Ramadan
]
_PLAIN = [
    ("UTC", date(2026, 3, 2)),
    ("Europe/Istanbul", date(2026, 3, 2)),
    ("Asia/Kathmandu", date(2026, 3, 2)),
    ("America/New_York", date(2028, 2, 28)),
]


@st.composite
def moments(draw: st.DrawFn, within: timedelta = DAY) -> tuple[ZoneInfo, datetime]:
    """A time zone and an instant on the minute, mostly within `within` of a clock change."""
    name, day = draw(st.sampled_from(_CLOCK_CHANGES) | st.sampled_from(_PLAIN))
    zone = ZoneInfo(name)
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)
    minutes = int(within / MINUTE)
    return zone, midnight + draw(st.integers(-minutes, minutes)) * MINUTE


def spans(shortest: timedelta, longest: timedelta) -> st.SearchStrategy[timedelta]:
    """Durations in whole minutes."""
    whole = st.integers(int(shortest / MINUTE), int(longest / MINUTE))
    return whole.map(lambda minutes: minutes * MINUTE)


_CLOCK_TIMES = st.integers(0, 1440) | st.sampled_from(
    [0, 30, 60, 75, 90, 105, 120, 135, 150, 165, 180, 1380, 1410, 1440]
)


@st.composite
def days(draw: st.DrawFn) -> tuple[Interval, ...]:
    """A weekday's opening intervals: often the whole day, sometimes touching intervals."""
    if draw(st.integers(0, 3)) == 0:
        return ((0, 1440),)
    clock = sorted(draw(st.sets(_CLOCK_TIMES, max_size=6)))
    intervals = list(pairwise(clock))
    touching = draw(st.booleans())
    return tuple(intervals if touching else intervals[::2])


weeks = st.tuples(*(days() for _ in WEEKDAYS)).map(OpeningHours)


def minutes_of(period: Period) -> list[datetime]:
    """Return the start of every whole minute within the period."""
    first = period.start.replace(second=0, microsecond=0)
    if first < period.start:
        first += MINUTE
    return [first + n * MINUTE for n in range((period.end - first) // MINUTE)]


def runs(minutes: Iterable[datetime]) -> list[Period]:
    """Return the maximal periods that consecutive minutes make up."""
    periods: list[list[datetime]] = []
    for minute in minutes:
        if periods and periods[-1][1] == minute:
            periods[-1][1] = minute + MINUTE
        else:
            periods.append([minute, minute + MINUTE])
    return [Period(start, end) for start, end in periods]


def shows_open(hours: OpeningHours | None, minute: datetime, zone: ZoneInfo) -> bool:
    """Return whether the local time of this minute is within opening hours, per the contract."""
    if hours is None:
        return True
    wall = minute.astimezone(zone)
    shown = wall.hour * 60 + wall.minute
    return any(opens <= shown < closes for opens, closes in hours.days[wall.weekday()])


def shows_step(instant: datetime, step: timedelta, zone: ZoneInfo) -> bool:
    """Return whether the local time of the instant is a multiple of the step."""
    wall = instant.astimezone(zone)
    shown = timedelta(
        hours=wall.hour, minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond
    )
    return shown % step == timedelta(0)
