"""Table: the committed rows of one kind, with the indexes that find them and keep them unique."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from application.ports.unit_of_work import Stale

Undo = Callable[[], None]


class Identified(Protocol):
    """Something with an id."""

    @property
    def id(self) -> Hashable: ...


class Versioned(Identified, Protocol):
    """Something whose changes are counted."""

    @property
    def version(self) -> int: ...


Row = TypeVar("Row", bound=Identified)
VersionedRow = TypeVar("VersionedRow", bound=Versioned)
IndexedRow_contra = TypeVar("IndexedRow_contra", contravariant=True)
GroupedRow = TypeVar("GroupedRow", bound=Identified)


class MissingReference(Exception):
    """A row names another one that does not exist: a mistake of the program, not a race."""


class Index(Protocol[IndexedRow_contra]):
    """Another way to a table's rows, which may also say which of them cannot stand together."""

    def check(self, row: IndexedRow_contra) -> None:
        """Raise Stale when the row cannot stand beside the present ones."""
        ...

    def add(self, row: IndexedRow_contra) -> None:
        """Take in a row that was checked."""
        ...

    def discard(self, row: IndexedRow_contra) -> None:
        """Forget a row that was entered."""
        ...


class Referenced(Protocol):
    """Where a row that another one names can be looked up."""

    def get(self, key: Any, /) -> object | None:
        """The row with that key."""
        ...


class UniqueKey(Generic[GroupedRow]):
    """Finds the one row with a key. A row whose key is None is left out."""

    def __init__(self, key: Callable[[GroupedRow], Hashable | None]) -> None:
        self._key = key
        self._rows: dict[Hashable, GroupedRow] = {}

    def get(self, key: Hashable) -> GroupedRow | None:
        """The row with that key."""
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
        """The rows with that key, in no promised order."""
        return self._groups[key].values() if key in self._groups else ()

    def check(self, row: GroupedRow) -> None:
        """Any number of rows may share a key."""

    def add(self, row: GroupedRow) -> None:
        self._groups[self._key(row)][row.id] = row

    def discard(self, row: GroupedRow) -> None:
        del self._groups[self._key(row)][row.id]


class Table(Generic[Row]):
    """Rows by their id.

    Each of `references` takes from a row the key of another one that it names, or None when it
    names none, and tells where that has to be.
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
        """The row with that id."""
        return self._rows.get(row_id)

    def __len__(self) -> int:
        return len(self._rows)

    def all(self) -> Iterable[Row]:
        """Every row, in the order in which they were inserted."""
        return self._rows.values()

    def insert(self, row: Row) -> Undo:
        """Add a row. Raises Stale when its id or a unique key is taken."""
        if row.id in self._rows:
            raise Stale(f"There is a {type(row).__name__} with the id {row.id} already.")
        self._enter(row)
        return lambda: self._leave(row)

    def insert_unless_there(self, row: Row) -> Undo:
        """Add a row, unless there is one with its id. Raises Stale when a unique key is taken."""
        return _nothing if row.id in self._rows else self.insert(row)

    def replace(self, row: Row) -> Undo:
        """Put a row in the place of the one with its id. Raises Stale when there is none."""
        present = self._rows.get(row.id)
        if present is None:
            raise Stale(f"There is no {type(row).__name__} with the id {row.id}.")
        self._leave(present)
        try:
            self._enter(row)
        except Stale:
            self._enter(present)
            raise
        return lambda: self._put_back(row, present)

    def put(self, row: Row) -> Undo:
        """Add a row, or put it in the place of the one with its id. Raises Stale as they do."""
        return self.replace(row) if row.id in self._rows else self.insert(row)

    def remove(self, row_id: Hashable) -> Undo:
        """Take the row with that id out, if there is one."""
        present = self._rows.get(row_id)
        if present is None:
            return _nothing
        self._leave(present)
        return lambda: self._enter(present)

    def check_references(self, row: Row) -> None:
        """Raise MissingReference when the row names one that is not there."""
        for key, rows in self._references.items():
            named = key(row)
            if named is not None and rows.get(named) is None:
                raise MissingReference(f"{row!r} names {named}, which does not exist.")

    def _put_back(self, row: Row, present: Row) -> None:
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


def _nothing() -> None:
    """How to undo what was not done."""
