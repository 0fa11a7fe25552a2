"""Notes: the writes of a unit of work, and how a commit does all of them or none."""

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


class Notes:
    """What is to be written, in any order, and which spaces that concerns.

    A guard is called before anything is written, and raises Stale when something that the write
    relies on is no longer as it was.
    """

    def __init__(self) -> None:
        self.affected_spaces: set[SpaceId] = set()
        self._writes: list[_Write[Any]] = []
        self._consequences: list[Callable[[], Undo]] = []

    def insert(
        self, table: Table[Row], row: Row, *, guard: Callable[[], None] | None = None
    ) -> None:
        """A new row."""
        self._writes.append(_Write(table, row, table.insert, is_new=True, guard=guard))

    def insert_unless_there(self, table: Table[Row], row: Row) -> None:
        """A new row, unless there is one with its id."""
        self._writes.append(_Write(table, row, table.insert_unless_there, is_new=True))

    def replace(self, table: Table[Row], row: Row) -> None:
        """A row in the place of the one with its id, whatever that is."""
        self._writes.append(_Write(table, row, table.replace))

    def put(self, table: Table[Row], row: Row, *, guard: Callable[[], None] | None = None) -> None:
        """A row in the place of the one with its id, if there is one."""
        self._writes.append(_Write(table, row, table.put, guard=guard))

    def defer(self, change: Callable[[], Undo]) -> None:
        """A change that follows from the writes, and is done after them."""
        self._consequences.append(change)

    def next_version(
        self,
        table: Table[VersionedRow],
        row: VersionedRow,
        *,
        guard: Callable[[], None] | None = None,
    ) -> None:
        """A row in the place of the version before it, and of no other."""

        def guards() -> None:
            check_version(table, row, row.version - 1)
            if guard is not None:
                guard()

        self._writes.append(_Write(table, row, table.replace, guard=guards))

    def clear(self) -> None:
        """Forget everything noted."""
        self._writes.clear()
        self._consequences.clear()
        self.affected_spaces.clear()

    def apply(self) -> None:
        """Do all writes, or none and raise Stale or MissingReference.

        Nothing else runs meanwhile, so nobody sees a part of it. What gives way goes first: a slot
        that one write frees can be taken by another.
        """
        for write in self._writes:
            if write.guard is not None:
                write.guard()
        with ExitStack() as undo_all:
            for write in sorted(self._writes, key=lambda write: write.is_new):
                undo_all.callback(write.apply())
            for change in self._consequences:
                undo_all.callback(change())
            for write in self._writes:
                write.table.check_references(write.row)
            # Only what got as far as here stays done.
            undo_all.pop_all()


def check_version(table: Table[VersionedRow], row: VersionedRow, version: int) -> None:
    """Raise Stale unless that version of the row is the present one."""
    present = table.get(row.id)
    if present is None or present.version != version:
        raise Stale(f"The {type(row).__name__} {row.id} was changed meanwhile.")
