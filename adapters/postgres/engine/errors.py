"""What asyncpg and PostgreSQL may throw at a unit of work, and what that means to a use case."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from adapters.postgres.schema import constraints
from application.ports.unit_of_work import Stale, Unavailable

NOT_WRITTEN = "CW001"
"""The SQLSTATE that `require_written` raises when a write met no row (see the migrations)."""

_SERIALIZATION_FAILURE = "40001"
_DEADLOCK_DETECTED = "40P01"
_LOST_A_RACE = frozenset({NOT_WRITTEN, _SERIALIZATION_FAILURE, _DEADLOCK_DETECTED})
_TAKEN = frozenset({"23505", "23P01"})  # unique_violation, exclusion_violation
_LOCK_NOT_AVAILABLE = "55P03"
_UNAVAILABLE_CLASSES = frozenset({"08", "53", "57", "58"})
"""Connection trouble, out of resources, operator intervention, system error."""


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turn what a statement may fail with into Stale and Unavailable; anything else is a bug."""
    try:
        yield
    except asyncpg.PostgresError as error:
        raise _meaning_of(error) from error
    except (asyncpg.InterfaceError, OSError, TimeoutError) as error:
        raise Unavailable("The database cannot be reached.") from error


def _meaning_of(error: asyncpg.PostgresError) -> Exception:
    state: str = error.sqlstate or ""
    if state in _LOST_A_RACE:
        return Stale("Something was changed meanwhile.")
    if state in _TAKEN and error.constraint_name in constraints.CONCURRENCY_CONSTRAINTS:
        return Stale(f"Taken meanwhile: {error.constraint_name}.")
    if state == _LOCK_NOT_AVAILABLE or state[:2] in _UNAVAILABLE_CLASSES:
        return Unavailable("The database cannot answer now.")
    return error
