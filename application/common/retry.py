"""Trying again when another unit of work was faster."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from application.ports.unit_of_work import Stale, Unavailable

P = ParamSpec("P")
T = TypeVar("T")

MAX_ATTEMPTS = 50
"""An attempt fails only because another succeeded, so only a siege needs this many."""


def retry_on_conflict(use_case: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Run a use case again, from its first reading on, each time its commit turns out Stale.

    The next reading sees what came between, so that a use case finds the reason itself and says it
    in its own words (BookingConflict, EmailTaken, InvalidTransition). Raises Unavailable after
    MAX_ATTEMPTS.
    """

    @wraps(use_case)
    async def attempts(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(MAX_ATTEMPTS):
            try:
                return await use_case(*args, **kwargs)
            except Stale:
                continue
        raise Unavailable("Too many others are changing the same thing.")

    return attempts
