"""Optimistic concurrency by the version that a client has read."""

from domain.errors import VersionMismatch


def check_version(current: int, expected: int | None) -> None:
    """Raise VersionMismatch when `expected` is given and differs from the current version."""
    if expected is not None and expected != current:
        raise VersionMismatch(f"The current version is {current}.")
