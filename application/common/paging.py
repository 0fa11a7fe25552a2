"""Pages of long lists, cut by key so that they stay stable while rows are added."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Position = TypeVar("Position")

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[Item, Position]):
    """Some items, and the position to go on after, None at the end."""

    items: Sequence[Item]
    next: Position | None


def cut_page(
    items: Sequence[Item], limit: int, position: Callable[[Item], Position]
) -> Page[Item, Position]:
    """Make a page of `limit` items; one item beyond that tells that there are more."""
    if len(items) <= limit:
        return Page(items, None)
    shown = items[:limit]
    return Page(shown, position(shown[-1]))
