"""Progress of generating and loading the demo data."""

from collections.abc import Callable
from typing import TypeAlias

ProgressCallback: TypeAlias = Callable[[str, int, int], None]
"""Called with the name of the step, the number of items done, and the number of all items."""


def no_progress(step: str, done: int, total: int) -> None:
    """Ignore the progress."""
