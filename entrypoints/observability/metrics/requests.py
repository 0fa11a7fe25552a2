"""Metrics of requests, updated for each of them."""

from functools import lru_cache
from typing import Any

from prometheus_client import Counter, Histogram

from entrypoints.observability.metrics.instruments import PROBLEMS, REQUEST_SECONDS

UNKNOWN_ROUTE = "unknown"
"""The route of all unknown paths, whose number is unlimited."""
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


def observe_request(scope: Any, status: int, seconds: float) -> None:
    """Record a response; the status is 0 if the client disconnected before it."""
    _duration(scope["method"], scope.get("path_template"), status).observe(seconds)


def count_problem(code: str) -> None:
    """Count a problem."""
    _problems(code).inc()


# Looking up the labels takes longer than counting.
@lru_cache(maxsize=4096)
def _duration(method: str, route: str | None, status: int) -> Histogram:
    known_method = method if method in _METHODS else "other"
    return REQUEST_SECONDS.labels(known_method, route or UNKNOWN_ROUTE, str(status))


@lru_cache(maxsize=256)
def _problems(code: str) -> Counter:
    return PROBLEMS.labels(code)
