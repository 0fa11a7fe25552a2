"""Translation of errors of asyncpg and PostgreSQL to those of the port."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import asyncpg

from application.ports.unit_of_work import Stale, Unavailable

NOT_WRITTEN = "CW001"
"""The SQLSTATE of the database function `require_written`, for a write that matched no row."""

_SERIALIZATION_FAILURE = "40001"
_DEADLOCK_DETECTED = "40P01"
_CONFLICTS = frozenset({NOT_WRITTEN, _SERIALIZATION_FAILURE, _DEADLOCK_DETECTED})
_TAKEN_STATES = frozenset({"23505", "23P01"})  # unique_violation, exclusion_violation
_LOCK_NOT_AVAILABLE = "55P03"
_UNAVAILABLE_CLASSES = frozenset({"08", "53", "57", "58"})
"""Connection exception, insufficient resources, operator intervention, system error."""


@contextmanager
def translate_errors(concurrency_constraints: Collection[str] = ()) -> Iterator[None]:
    """Raise `Stale` and `Unavailable` for the errors of a statement. Any other error is a bug.

    A violation of one of the `concurrency_constraints`, by name, is `Stale`.
    """
    try:
        yield
    except asyncpg.PostgresError as error:
        raise _translated(error, concurrency_constraints) from error
    except (asyncpg.InterfaceError, OSError, TimeoutError) as error:
        raise Unavailable("The database cannot be reached.") from error


def _translated(
    error: asyncpg.PostgresError, concurrency_constraints: Collection[str]
) -> Exception:
    state: str = error.sqlstate or ""
    if state in _CONFLICTS:
        return Stale("Something was changed meanwhile.")
    if state in _TAKEN_STATES and error.constraint_name in concurrency_constraints:
        return Stale(f"Taken meanwhile: {error.constraint_name}.")
    if state == _LOCK_NOT_AVAILABLE or state[:2] in _UNAVAILABLE_CLASSES:
        return Unavailable("The database cannot answer now.")
    return error
