"""Versions: changing something only as one has seen it."""

from domain.errors import VersionMismatch


def check_version(present: int, expected: int | None) -> None:
    """Raise VersionMismatch when a version is expected and the present one is another."""
    if expected is not None and expected != present:
        raise VersionMismatch(f"The present version is {present}.")
