"""Exponential backoff: how long to wait before the next attempt."""

from datetime import timedelta

MAX_DOUBLINGS = 20


def backoff(failures: int, *, first: timedelta, longest: timedelta) -> timedelta:
    """Return the delay after that many failures in a row, which count from 1.

    It is `first` after the first one, and doubles with each, up to `longest`.
    """
    delay: timedelta = first * 2 ** min(failures - 1, MAX_DOUBLINGS)
    return min(delay, longest)
