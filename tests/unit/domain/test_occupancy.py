"""OccupancyLog: a stay begins at check-in and ends once."""

from datetime import timedelta

import pytest

from tests.entities import a_booking, a_log, a_space, a_user, hours
from tests.unit.domain.time_strategies import HOUR

BOOKING = a_booking(a_user(), a_space(), hours(9, 10))


def test_a_stay_lasts_until_it_is_ended() -> None:
    stay = a_log(BOOKING)
    assert stay.vacated_at is None
    assert stay.vacated(at=stay.occupied_at + HOUR).vacated_at == stay.occupied_at + HOUR


def test_a_stay_cannot_end_before_it_began() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        a_log(BOOKING, vacated_at=BOOKING.period.start - timedelta(microseconds=1))


def test_a_clock_set_back_results_in_a_stay_of_zero_length() -> None:
    stay = a_log(BOOKING)
    assert stay.vacated(at=stay.occupied_at - HOUR).vacated_at == stay.occupied_at
