"""Statement: one SQLAlchemy Core statement, compiled once for asyncpg.

SQLAlchemy builds the SQL, asyncpg runs it: that takes less than half of the processor time (ADR 3).
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from itertools import count, repeat
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

PARAMETER = re.compile(r"\$(\d+)")
_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # SQLAlchemy has no types there
AFFECTED_ROW: sa.ColumnElement[int] = sa.literal_column("1")
"""What a write returns for each row that it wrote, so that they can be counted."""


class _Compiled(NamedTuple):
    sql: str
    names: tuple[str, ...]
    types: tuple[sa.types.TypeEngine[Any], ...]
    constants: Mapping[str, Any]


class Statement:
    """SQL with `$1, $2, …`, and the names of its parameters in that order.

    It is compiled when it is first used: to compile all of ours takes a tenth of a start.
    """

    def __init__(self, clause: sa.ClauseElement) -> None:
        self._clause = clause

    @property
    def sql(self) -> str:
        """The text."""
        return self._compiled.sql

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The arguments in the order that asyncpg wants; raises KeyError when one is missing."""
        names, constants = self._compiled.names, self._compiled.constants
        return [constants[name] if name in constants else values[name] for name in names]

    def for_each(self, many: Sequence[Mapping[str, Any]]) -> tuple[str, list[Any]]:
        """The same for many at once: SQL, and its arguments; raises KeyError when one is missing.

        A row of what it gives ends with a column more: for which of them it is, from 1 on.

        There is a text for each power of two, filled up with nulls, for which there may be rows as
        well. With arrays one text would do for all, but PostgreSQL takes an array of unknown length
        for one of ten, and rather plans anew for each shorter one: that takes longer than to run.
        """
        size = 1 << (len(many) - 1).bit_length()
        arguments = [argument for values in many for argument in self.arguments(values)]
        missing = (size - len(many)) * len(self._compiled.names)
        return _sql_for_each(self, size), [*arguments, *repeat(None, missing)]

    def types(self) -> list[str]:
        """The names of the parameters' types, in the order of `arguments`."""
        return [_DIALECT.type_compiler_instance.process(kind) for kind in self._compiled.types]

    @cached_property
    def _compiled(self) -> _Compiled:
        compiled = self._clause.compile(dialect=_DIALECT)
        names: tuple[str, ...] = tuple(compiled.positiontup or ())  # type: ignore[attr-defined]  # only SQL compilers have it
        required = {name for name, bind in compiled.binds.items() if bind.required}  # type: ignore[attr-defined]  # the same
        constants = {name: value for name, value in compiled.params.items() if name not in required}
        types = tuple(compiled.binds[name].type for name in names)  # type: ignore[attr-defined]  # the same
        return _Compiled(str(compiled), names, types, constants)


@cache
def _sql_for_each(statement: Statement, size: int) -> str:
    types, numbers = statement.types(), count(1)
    rows = (
        ", ".join([*(f"${next(numbers)}::{kind}" for kind in types), str(place)])
        for place in range(1, size + 1)
    )
    names = ", ".join(f"p{n}" for n, _ in enumerate(types, start=1))
    one = PARAMETER.sub(r"asked.p\1", statement.sql)
    # Nothing but names of types and numbers is put into the text.
    return (
        f"SELECT found.*, asked.place"  # noqa: S608
        f" FROM (VALUES ({'), ('.join(rows)})) AS asked ({names}, place)"
        f" CROSS JOIN LATERAL ({one}) AS found"
    )


def insert_row(table: sa.Table) -> Statement:
    """Insert one row; the parameters are named after the columns."""
    row = {column.name: sa.bindparam(column.name, type_=column.type) for column in table.c}
    return Statement(sa.insert(table).values(row).returning(AFFECTED_ROW))


def delete_some(table: sa.Table, which: sa.ColumnElement[bool]) -> Statement:
    """Delete at most `limit` of the rows; those that another is deleting are left to it.

    They are chosen in a part of its own, which is done once: PostgreSQL may do a subquery for each
    row of the table, and takes `limit` others each time.
    """
    key = sa.tuple_(*table.primary_key)
    some = (
        sa.select(*table.primary_key)
        .where(which)
        .limit(sa.bindparam("limit"))
        .with_for_update(skip_locked=True)
        .cte("some")
    )
    return Statement(sa.delete(table).where(key.in_(sa.select(*some.c))).returning(AFFECTED_ROW))


def update_row(table: sa.Table) -> Statement:
    """Replace the row with that `id`, if its version is the one before the new `version`."""
    row = {
        column.name: sa.bindparam(column.name, type_=column.type)
        for column in table.c
        if column.name not in {"id", "created_at"}
    }
    is_next_version = table.c.version + sa.literal_column("1") == sa.bindparam("version")
    clause = sa.update(table).values(row)
    return Statement(
        clause.where(table.c.id == sa.bindparam("id"), is_next_version).returning(AFFECTED_ROW)
    )
