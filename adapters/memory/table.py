"""Table: the committed rows of one type, with their indexes and unique keys."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from application.ports.unit_of_work import Stale

Undo = Callable[[], None]


class Identified(Protocol):
    """An object with an id."""

    @property
    def id(self) -> Hashable: ...


class Versioned(Identified, Protocol):
    """An object whose version counts its changes."""

    @property
    def version(self) -> int: ...


Row = TypeVar("Row", bound=Identified)
VersionedRow = TypeVar("VersionedRow", bound=Versioned)
IndexedRow_contra = TypeVar("IndexedRow_contra", contravariant=True)
GroupedRow = TypeVar("GroupedRow", bound=Identified)


class MissingReference(Exception):
    """A row references another that does not exist: a bug, not a race."""


class Index(Protocol[IndexedRow_contra]):
    """An index of a table's rows, which may also enforce a constraint between them."""

    def check(self, row: IndexedRow_contra) -> None:
        """Raise Stale when the row violates the constraint."""
        ...

    def add(self, row: IndexedRow_contra) -> None:
        """Add a row that was checked."""
        ...

    def discard(self, row: IndexedRow_contra) -> None:
        """Remove a row that was added."""
        ...


class Referenced(Protocol):
    """A table or key by which a referenced row is found."""

    def get(self, key: Any, /) -> object | None:
        """Return the row with the key."""
        ...


class UniqueKey(Generic[GroupedRow]):
    """Finds the only row with a key. A row whose key is None is not indexed."""

    def __init__(self, key: Callable[[GroupedRow], Hashable | None]) -> None:
        self._key = key
        self._rows: dict[Hashable, GroupedRow] = {}

    def get(self, key: Hashable) -> GroupedRow | None:
        """Return the row with the key."""
        return self._rows.get(key)

    def check(self, row: GroupedRow) -> None:
        if self._key(row) in self._rows:
            raise Stale(f"Another {type(row).__name__} has the same {self._key(row)!r}.")

    def add(self, row: GroupedRow) -> None:
        key = self._key(row)
        if key is not None:
            self._rows[key] = row

    def discard(self, row: GroupedRow) -> None:
        self._rows.pop(self._key(row), None)


class Groups(Generic[GroupedRow]):
    """Finds all rows that share a key."""

    def __init__(self, key: Callable[[GroupedRow], Hashable]) -> None:
        self._key = key
        self._groups: defaultdict[Hashable, dict[Hashable, GroupedRow]] = defaultdict(dict)

    def get(self, key: Hashable) -> Iterable[GroupedRow]:
        """Return the rows with the key, in no particular order."""
        return self._groups[key].values() if key in self._groups else ()

    def check(self, row: GroupedRow) -> None:
        """Any number of rows may share a key."""

    def add(self, row: GroupedRow) -> None:
        self._groups[self._key(row)][row.id] = row

    def discard(self, row: GroupedRow) -> None:
        del self._groups[self._key(row)][row.id]


class Table(Generic[Row]):
    """Rows by their id.

    `references` are the foreign keys: each maps a function, which returns the key that a row
    references or None, to the table or key that must contain it.
    """

    def __init__(
        self,
        *indexes: Index[Row],
        references: Mapping[Callable[[Row], Hashable | None], Referenced] | None = None,
    ) -> None:
        self._rows: dict[Hashable, Row] = {}
        self._indexes = indexes
        self._references = references or {}

    def get(self, row_id: Hashable) -> Row | None:
        """Return the row with the id."""
        return self._rows.get(row_id)

    def __len__(self) -> int:
        return len(self._rows)

    def all(self) -> Iterable[Row]:
        """Return every row in order of insertion."""
        return self._rows.values()

    def insert(self, row: Row) -> Undo:
        """Add a row. Raises Stale when its id or a unique key is taken."""
        if row.id in self._rows:
            raise Stale(f"A {type(row).__name__} with the id {row.id} already exists.")
        self._enter(row)
        return lambda: self._leave(row)

    def insert_if_absent(self, row: Row) -> Undo:
        """Add a row unless its id exists. Raises Stale when a unique key is taken."""
        return _undo_nothing if row.id in self._rows else self.insert(row)

    def replace(self, row: Row) -> Undo:
        """Replace the row with the same id. Raises Stale when there is none."""
        present = self._rows.get(row.id)
        if present is None:
            raise Stale(f"There is no {type(row).__name__} with the id {row.id}.")
        self._leave(present)
        try:
            self._enter(row)
        except Stale:
            self._enter(present)
            raise
        return lambda: self._restore(row, present)

    def put(self, row: Row) -> Undo:
        """Add a row or replace the one with its id. Raises Stale when a unique key is taken."""
        return self.replace(row) if row.id in self._rows else self.insert(row)

    def remove(self, row_id: Hashable) -> Undo:
        """Remove the row with the id, if there is one."""
        present = self._rows.get(row_id)
        if present is None:
            return _undo_nothing
        self._leave(present)
        return lambda: self._enter(present)

    def check_references(self, row: Row) -> None:
        """Raise MissingReference when the row references one that does not exist."""
        for key, rows in self._references.items():
            reference = key(row)
            if reference is not None and rows.get(reference) is None:
                raise MissingReference(f"{row!r} references {reference}, which does not exist.")

    def _restore(self, row: Row, present: Row) -> None:
        self._leave(row)
        self._enter(present)

    def _enter(self, row: Row) -> None:
        for index in self._indexes:
            index.check(row)
        for index in self._indexes:
            index.add(row)
        self._rows[row.id] = row

    def _leave(self, row: Row) -> None:
        for index in self._indexes:
            index.discard(row)
        del self._rows[row.id]


def _undo_nothing() -> None:
    """Do nothing: the change had no effect."""
