"""How the demo tells how far it is."""

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with what is being made, how much of it is done, and how much there is in all."""


def untold(what: str, done: int, total: int) -> None:
    """Progress that nobody is told of."""
