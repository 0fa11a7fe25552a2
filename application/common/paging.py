"""Keyset pagination: pages stay stable while rows are added."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Position = TypeVar("Position")

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[Item, Position]):
    """The items, and the position after which the next page starts; None on the last page."""

    items: Sequence[Item]
    next: Position | None


def cut_page(
    items: Sequence[Item], limit: int, position: Callable[[Item], Position]
) -> Page[Item, Position]:
    """Return a page of up to `limit` items; an item beyond `limit` means that more follow."""
    if len(items) <= limit:
        return Page(items, None)
    page_items = items[:limit]
    return Page(page_items, position(page_items[-1]))
