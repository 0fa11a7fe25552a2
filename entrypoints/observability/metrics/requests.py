"""Requests as they are measured: the one thing here that happens at each of them."""

from functools import lru_cache
from typing import Any

from entrypoints.observability.metrics.instruments import PROBLEMS, REQUEST_SECONDS

UNKNOWN_ROUTE = "unknown"
"""For paths that lead nowhere, which are without number."""
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


def measured(scope: Any, status: int, seconds: float) -> None:
    """Note an answer; a status of 0 is that of a client who was gone before it."""
    _duration(scope["method"], scope.get("path_template"), status).observe(seconds)


def failed(code: str) -> None:
    """Note a problem."""
    _problems(code).inc()


# Finding a label's child takes longer than to count with it.
@lru_cache(maxsize=4096)
def _duration(method: str, route: str | None, status: int) -> Any:
    known = method if method in _METHODS else "other"
    return REQUEST_SECONDS.labels(known, route or UNKNOWN_ROUTE, str(status))


@lru_cache(maxsize=256)
def _problems(code: str) -> Any:
    return PROBLEMS.labels(code)
