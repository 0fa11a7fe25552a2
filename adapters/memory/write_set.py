"""WriteSet: the writes of a unit of work, applied all or none."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Generic

from adapters.memory.table import Row, Table, Undo, VersionedRow
from application.ports.unit_of_work import Stale
from domain.ids import SpaceId


@dataclass(frozen=True, slots=True)
class _Write(Generic[Row]):
    table: Table[Row]
    row: Row
    change: Callable[[Row], Undo]
    is_new: bool = False
    guard: Callable[[], None] | None = None

    def apply(self) -> Undo:
        return self.change(self.row)


class WriteSet:
    """The writes to apply, in any order, and the spaces that they affect.

    A guard is called before any write, and raises Stale when data that the write relies on has
    changed.
    """

    def __init__(self) -> None:
        self.affected_spaces: set[SpaceId] = set()
        self._writes: list[_Write[Any]] = []
        self._deferred: list[Callable[[], Undo]] = []

    def insert(
        self, table: Table[Row], row: Row, *, guard: Callable[[], None] | None = None
    ) -> None:
        """Insert a row."""
        self._writes.append(_Write(table, row, table.insert, is_new=True, guard=guard))

    def insert_if_absent(self, table: Table[Row], row: Row) -> None:
        """Insert a row, unless its id exists."""
        self._writes.append(_Write(table, row, table.insert_if_absent, is_new=True))

    def replace(self, table: Table[Row], row: Row) -> None:
        """Replace the row with the same id, whatever its version."""
        self._writes.append(_Write(table, row, table.replace))

    def put(self, table: Table[Row], row: Row, *, guard: Callable[[], None] | None = None) -> None:
        """Insert a row, or replace the one with the same id."""
        self._writes.append(_Write(table, row, table.put, guard=guard))

    def defer(self, change: Callable[[], Undo]) -> None:
        """Apply a change that follows from the writes after them."""
        self._deferred.append(change)

    def next_version(
        self,
        table: Table[VersionedRow],
        row: VersionedRow,
        *,
        guard: Callable[[], None] | None = None,
    ) -> None:
        """Replace a row by its next version. Raises Stale on apply if it is not the next one."""

        def check() -> None:
            check_version(table, row, row.version - 1)
            if guard is not None:
                guard()

        self._writes.append(_Write(table, row, table.replace, guard=check))

    def clear(self) -> None:
        """Discard all writes."""
        self._writes.clear()
        self._deferred.clear()
        self.affected_spaces.clear()

    def apply(self) -> None:
        """Apply all writes, or none and raise Stale or MissingReference.

        No other task runs in between, so none sees a part of the writes. Replacements come before
        insertions: an insertion can take a slot that a replacement frees.
        """
        for write in self._writes:
            if write.guard is not None:
                write.guard()
        with ExitStack() as undo_all:
            for write in sorted(self._writes, key=lambda write: write.is_new):
                undo_all.callback(write.apply())
            for change in self._deferred:
                undo_all.callback(change())
            for write in self._writes:
                write.table.check_references(write.row)
            # Everything was applied: drop the undo callbacks.
            undo_all.pop_all()


def check_version(table: Table[VersionedRow], row: VersionedRow, version: int) -> None:
    """Raise Stale unless `version` is the row's current version."""
    present = table.get(row.id)
    if present is None or present.version != version:
        raise Stale(f"The {type(row).__name__} {row.id} was changed concurrently.")
