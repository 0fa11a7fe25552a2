"""Retrying a use case after a concurrent change."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from application.ports.unit_of_work import Stale, Unavailable

P = ParamSpec("P")
T = TypeVar("T")

MAX_ATTEMPTS = 50
"""An attempt fails only because another one succeeded, so only extreme contention exceeds it."""


def retry_on_conflict(use_case: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Repeat a use case from its first read when it raises Stale.

    The repeated reads see the concurrent change, so the use case finds the reason itself and raises
    its own error (BookingConflict, EmailTaken, InvalidTransition). Raises Unavailable after
    MAX_ATTEMPTS.
    """

    @wraps(use_case)
    async def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(MAX_ATTEMPTS):
            try:
                return await use_case(*args, **kwargs)
            except Stale:
                continue
        raise Unavailable("Too many concurrent changes to the same data.")

    return wrapper
