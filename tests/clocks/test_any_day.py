"""The tests pass on any day and at any time of day.

The instants cover all weekdays, ends of months, a leap day, both clock changes in Europe and in the
United States, New Year, and a year after 2038. Most runs begin 30 seconds before midnight or before
a clock change, and go past it. They need Linux and a C compiler (package gcc); without, they skip.

This is the short form: the folders whose tests, or the processes that they start, read the wall
clock most. `python -m tests.clocks INSTANT` runs the whole suite at any instant.
"""

from datetime import datetime
from pathlib import Path

import pytest

from tests.clocks.seen_from_inside import LEAP_DAY
from tests.clocks.shifted_clock import obstacle, run_tests_at

INSTANTS = {
    "new_years_eve_thursday": "2026-12-31T23:59:30Z",
    "new_years_day_friday": "2027-01-01T00:03:00Z",
    "end_of_january_sunday": "2027-01-31T12:00:00Z",
    "end_of_february_sunday": "2027-02-28T23:59:30Z",
    "summer_time_begins_in_new_york": "2027-03-14T06:59:30Z",
    "day_before_summer_time_saturday": "2027-03-27T23:59:30Z",
    "summer_time_begins_in_berlin": "2027-03-28T00:59:30Z",
    "end_of_april_friday": "2027-04-30T21:59:30Z",
    "end_of_may_monday": "2027-05-31T09:14:30Z",
    "end_of_june_wednesday": "2027-06-30T23:59:30Z",
    "summer_time_ends_in_berlin": "2027-10-31T00:59:30Z",
    "summer_time_ends_in_new_york": "2027-11-07T05:59:30Z",
    "leap_day_tuesday": "2028-02-29T23:59:30Z",
    "after_2038": "2044-02-29T12:00:00Z",
}
FOLDERS = ("readme", "demo", "bench", "embedding", "mail", "worker")
ALONE = ("-n", "0", "-q")
OBSTACLE = obstacle()

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(OBSTACLE is not None, reason=str(OBSTACLE)),
]


def test_a_shifted_clock_is_shifted_for_every_process(tmp_path: Path) -> None:
    assert run_tests_at(LEAP_DAY, tmp_path, [*ALONE, "tests/clocks/seen_from_inside.py"]) == 0


@pytest.mark.parametrize("instant", INSTANTS.values(), ids=INSTANTS)
def test_tests_pass_as_if_it_were(instant: str, tmp_path: Path) -> None:
    folders = [f"tests/{name}" for name in FOLDERS]
    assert run_tests_at(datetime.fromisoformat(instant), tmp_path, [*ALONE, *folders]) == 0
