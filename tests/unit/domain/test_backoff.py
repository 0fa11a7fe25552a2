"""Backoff: the delay after failures in a row."""

from datetime import timedelta

import pytest

from domain.backoff import backoff

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    "failures, delay",
    [
        (1, SECOND),
        (2, 2 * SECOND),
        (3, 4 * SECOND),
        (6, 32 * SECOND),
        (7, MINUTE),
        (100, MINUTE),
        (1_000_000, MINUTE),
    ],
)
def test_the_delay_doubles_with_each_failure_up_to_the_maximum(
    failures: int, delay: timedelta
) -> None:
    assert backoff(failures, first_delay=SECOND, max_delay=MINUTE) == delay


def test_the_maximum_bounds_the_first_one_too() -> None:
    assert backoff(1, first_delay=MINUTE, max_delay=SECOND) == SECOND
