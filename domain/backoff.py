"""Exponential backoff: the delay before the next attempt."""

from datetime import timedelta

MAX_DOUBLINGS = 20
"""Bounds the factor, so that the delay never exceeds what a timedelta can hold."""


def backoff(failures: int, *, first_delay: timedelta, max_delay: timedelta) -> timedelta:
    """Return the delay after that many failures in a row, which count from 1.

    It is `first_delay` after the first failure and doubles with each further one, up to
    `max_delay`.
    """
    delay: timedelta = first_delay * 2 ** min(failures - 1, MAX_DOUBLINGS)
    return min(delay, max_delay)
