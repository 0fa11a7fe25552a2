"""Random schedules in random time zones, and the contract's verdict on them minute by minute."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from domain.house import House
from domain.ids import BookingId
from domain.period import Period
from domain.schedule import Occupation, Schedule
from domain.spaces import Space
from tests.entities import a_space, a_zone
from tests.unit.domain.time_strategies import (
    DAY,
    HOUR,
    MINUTE,
    minutes_of,
    moments,
    shows_open,
    shows_step,
    spans,
    weeks,
)


@dataclass(frozen=True)
class Scenario:
    """House settings, the schedule of a space, and the time."""

    house: House
    schedule: Schedule
    start: datetime
    now: datetime

    @property
    def space(self) -> Space:
        return self.schedule.space

    def is_open(self, minute: datetime) -> bool:
        return shows_open(self.space.opening_hours, minute, self.house.timezone)

    def desk_numbers(self) -> range:
        return range(1, self.space.desks + 1)

    def blocking(self) -> list[Occupation]:
        return [
            occupation
            for occupation in self.schedule.occupations
            if occupation.hold_expires_at is None or occupation.hold_expires_at > self.now
        ]

    def taken_minutes(self) -> dict[int, set[datetime]]:
        """Return, for each desk, the minutes covered by an active occupation."""
        return {
            desk: {
                minute
                for occupation in self.blocking()
                if occupation.desk == desk
                for minute in minutes_of(occupation.period)
            }
            for desk in self.desk_numbers()
        }

    def would_be_accepted(self, period: Period) -> bool:
        """Return whether a member could book exactly this period now, per the contract."""
        length = period.end - period.start
        step, zone = self.house.booking_step, self.house.timezone
        return (
            15 * MINUTE <= length <= 366 * DAY
            and shows_step(period.start, step, zone)
            and shows_step(period.end, step, zone)
            and period.start >= self.now - step
            and period.start <= self.now + 730 * DAY
            and all(self.is_open(minute) for minute in minutes_of(period))
            and self.space.is_active
            and any(
                not any(
                    occupation.desk == desk
                    and occupation.period.start < period.end
                    and period.start < occupation.period.end
                    for occupation in self.blocking()
                )
                for desk in self.desk_numbers()
            )
        )


steps = st.sampled_from([5, 15, 15, 20, 30, 60, 180]).map(lambda minutes: minutes * MINUTE)
second_fractions = st.sampled_from([0, 0, 0, 1, 30_000_000, 59_999_999]).map(
    lambda microseconds: timedelta(microseconds=microseconds)
)


@st.composite
def scenarios(draw: st.DrawFn, reach: timedelta = DAY) -> Scenario:
    """A mostly full schedule around an instant, and a `now` that is mostly close to it.

    Occupations of a desk may overlap here, as those of an expired hold and its successor do.
    """
    zone, start = draw(moments())
    hours = draw(st.none() | weeks)
    kinds = st.integers(1, 4).map(lambda desks: a_zone(desks, opening_hours=hours))
    space = draw(kinds | st.just(a_space(opening_hours=hours)))
    now = start + draw(spans(-reach, reach)) + draw(second_fractions)
    now -= draw(st.sampled_from([timedelta(0)] * 4 + [730 * DAY]))
    unit = draw(st.sampled_from([MINUTE, 15 * MINUTE, HOUR]))
    last = int(reach / unit)
    occupations = []
    for n in range(draw(st.integers(0, 12))):
        begin = start + draw(st.integers(-last // 2, last)) * unit
        length = draw(st.integers(1, max(1, last // 2))) * unit
        expiry = draw(st.none() | st.sampled_from([-MINUTE, timedelta(0), MINUTE]))
        desk = draw(st.integers(1, space.desks + 1))
        occupations.append(
            Occupation(
                BookingId(UUID(int=n)),
                desk,
                begin,
                begin + length,
                now + expiry if expiry is not None else None,
            )
        )
    space = replace(space, is_active=draw(st.integers(0, 9)) > 0)
    house = House(timezone=zone, booking_step=draw(steps))
    return Scenario(house, Schedule(space, tuple(occupations)), start, now)
