"""Hooks for schemathesis: plausible years, and two more checks."""

import gc
from datetime import UTC, date, datetime
from typing import Any

import schemathesis
from hypothesis import strategies as st

from entrypoints.http.fields import EARLIEST_YEAR, LATEST_YEAR

# Garbage collection over everything that is loaded would take a quarter of the time.
gc.freeze()
gc.set_threshold(100_000)

_FIRST, _LAST = datetime(EARLIEST_YEAR, 1, 2), datetime(LATEST_YEAR, 12, 30)  # noqa: DTZ001 - bounds of a strategy

schemathesis.openapi.format(
    "date-time", st.datetimes(_FIRST, _LAST, timezones=st.just(UTC)).map(datetime.isoformat)
)
schemathesis.openapi.format("date", st.dates(_FIRST.date(), _LAST.date()).map(date.isoformat))


@schemathesis.check
def problem_has_a_documented_code(ctx: Any, response: Any, case: Any) -> None:
    """Every error is a problem with a code that the document lists for its status."""
    if response.status_code < 400 or case.operation.path == "/health":
        return
    assert response.headers["content-type"] == ["application/problem+json"]
    problem = response.json()
    assert problem["status"] == response.status_code
    if response.status_code == 405:
        return
    documented = case.operation.definition.raw["responses"][str(response.status_code)]
    assert f"`{problem['code']}`" in documented["description"], problem["code"]


@schemathesis.check
def response_has_security_headers(ctx: Any, response: Any, case: Any) -> None:
    """Every response has the security headers for browsers."""
    for name in ("x-content-type-options", "content-security-policy", "cache-control"):
        assert name in response.headers
    assert "x-request-id" in response.headers
