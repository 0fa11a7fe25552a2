"""Statement: a SQLAlchemy Core statement, compiled once for asyncpg.

SQLAlchemy builds the SQL and asyncpg runs it, which takes less than half the CPU time (ADR 3).
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
"""A write returns this for each row that it wrote, so that the rows can be counted."""
BATCH_POSITION = "batch_position"
"""The column of batched rows that has the number, from 1, of their set of parameters."""


class _Compiled(NamedTuple):
    sql: str
    names: tuple[str, ...]
    types: tuple[sa.types.TypeEngine[Any], ...]
    constants: Mapping[str, Any]


class Statement:
    """SQL with `$1, $2, …`, and the names of its parameters in that order.

    Compiled when first used: compiling all statements would take a tenth of the start-up time.
    """

    def __init__(self, clause: sa.ClauseElement) -> None:
        self._clause = clause

    @property
    def sql(self) -> str:
        """The SQL text."""
        return self._compiled.sql

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the arguments in the parameters' order. Raises KeyError if one is missing."""
        names, constants = self._compiled.names, self._compiled.constants
        return [constants[name] if name in constants else values[name] for name in names]

    def batched(self, parameters: Sequence[Mapping[str, Any]]) -> tuple[str, list[Any]]:
        """Return SQL that runs the statement for each set of parameters, and its arguments.

        Each row has the additional column `BATCH_POSITION`. Raises KeyError for a missing argument.

        There is one SQL text for each power of two, padded with sets of nulls, which may have rows
        too. One text with arrays would serve every size, but PostgreSQL assumes ten elements for an
        array of unknown length, and plans again for each shorter one, which takes longer than
        running the statement.
        """
        size = 1 << (len(parameters) - 1).bit_length()
        arguments = [argument for values in parameters for argument in self.arguments(values)]
        padding = (size - len(parameters)) * len(self._compiled.names)
        return _batched_sql(self, size), [*arguments, *repeat(None, padding)]

    def types(self) -> list[str]:
        """Return the SQL types of the parameters, in the order of `arguments`."""
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
def _batched_sql(statement: Statement, size: int) -> str:
    types, numbers = statement.types(), count(1)
    parameters = (
        ", ".join([*(f"${next(numbers)}::{kind}" for kind in types), str(position)])
        for position in range(1, size + 1)
    )
    names = ", ".join(f"p{n}" for n, _ in enumerate(types, start=1))
    single = PARAMETER.sub(r"batch.p\1", statement.sql)
    # Only names of types and numbers are interpolated.
    return (
        f"SELECT result.*, batch.{BATCH_POSITION}"  # noqa: S608
        f" FROM (VALUES ({'), ('.join(parameters)})) AS batch ({names}, {BATCH_POSITION})"
        f" CROSS JOIN LATERAL ({single}) AS result"
    )


def insert_row(table: sa.Table) -> Statement:
    """Return an insert of one row, whose parameters are named after the columns."""
    row = {column.name: sa.bindparam(column.name, type_=column.type) for column in table.c}
    return Statement(sa.insert(table).values(row).returning(AFFECTED_ROW))


def delete_some(table: sa.Table, criterion: sa.ColumnElement[bool]) -> Statement:
    """Return a delete of up to `limit` rows. Skips rows that another transaction has locked.

    A CTE chooses the rows, because it runs once: PostgreSQL may run a subquery once per row of the
    table, and choose `limit` other rows each time.
    """
    key = sa.tuple_(*table.primary_key)
    chosen = (
        sa.select(*table.primary_key)
        .where(criterion)
        .limit(sa.bindparam("limit"))
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    return Statement(sa.delete(table).where(key.in_(sa.select(*chosen.c))).returning(AFFECTED_ROW))


def update_row(table: sa.Table) -> Statement:
    """Return an update of the row with `id` whose version precedes the new `version`."""
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
