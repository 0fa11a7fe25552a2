"""PostgresInvoices."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import AFFECTED_ROW, Statement, insert_row, update_row
from adapters.postgres.mappers.invoice import invoice_from, invoice_row
from adapters.postgres.schema.billing import invoices
from application.ports.invoices import InvoiceFilter
from domain.ids import BookingId, InvoiceId
from domain.invoices import Invoice

_IS_VOID = invoices.c.status == sa.literal_column("'VOID'")
_OF_BOOKINGS = Statement(
    sa.select(invoices)
    .ext(pg.distinct_on(invoices.c.booking_id))
    .where(invoices.c.booking_id == sa.any_(sa.bindparam("ids", type_=pg.ARRAY(sa.Uuid))))
    .order_by(invoices.c.booking_id, _IS_VOID, invoices.c.id.desc())
)
_GET = Statement(sa.select(invoices).where(invoices.c.id == sa.bindparam("id")))
_UNNUMBERED = Statement(
    sa.select(invoices)
    .where(
        sa.literal_column(
            "number IS NULL AND status IN ('OPEN', 'PAID', 'UNCOLLECTIBLE')", sa.Boolean
        )
    )
    .order_by(invoices.c.issued_at, invoices.c.id)
    .limit(sa.bindparam("limit"))
)
# As invoices_year_number_idx has it, whose last entry of the year is the answer.
_LAST_NUMBER = Statement(
    sa.select(invoices.c.number)
    .where(
        sa.func.left(invoices.c.number, sa.literal_column("4"))
        == sa.bindparam("year", type_=sa.Text)
    )
    .order_by(sa.func.length(invoices.c.number).desc(), invoices.c.number.desc())
    .limit(sa.literal_column("1"))
)
_GIVEN = (
    sa.func.unnest(
        sa.bindparam("ids", type_=pg.ARRAY(sa.Uuid)),
        sa.bindparam("versions", type_=pg.ARRAY(sa.Integer)),
        sa.bindparam("numbers", type_=pg.ARRAY(sa.Text)),
    )
    .table_valued(
        sa.column("id", sa.Uuid), sa.column("version", sa.Integer), sa.column("number", sa.Text)
    )
    .render_derived(name="given")
)
_SAVE_NUMBERS = Statement(
    sa.update(invoices)
    .values(number=_GIVEN.c.number, version=_GIVEN.c.version)
    .where(
        invoices.c.id == _GIVEN.c.id,
        invoices.c.version + sa.literal_column("1") == _GIVEN.c.version,
    )
    .returning(AFFECTED_ROW)
)
_CRITERIA: dict[str, sa.ColumnElement[bool]] = {
    "user_id": invoices.c.user_id == sa.bindparam("user_id"),
    "status": invoices.c.status == sa.bindparam("status", type_=invoices.c.status.type),
    "after": invoices.c.id < sa.bindparam("after"),
}


@cache
def _list(names: frozenset[str]) -> Statement:
    return Statement(
        sa.select(invoices)
        .where(*(_CRITERIA[name] for name in sorted(names)))
        .order_by(invoices.c.id.desc())
        .limit(sa.bindparam("limit"))
    )


_ADD = insert_row(invoices)
_SAVE = update_row(invoices)


class PostgresInvoices:
    """Implements application.ports.invoices.Invoices."""

    def __init__(self, connection: PostgresSession) -> None:
        self._connection = connection

    async def of_bookings(self, booking_ids: Collection[BookingId]) -> Mapping[BookingId, Invoice]:
        rows = await self._connection.rows(_OF_BOOKINGS, ids=list(booking_ids))
        matches = (invoice_from(row) for row in rows)
        return {invoice.booking_id: invoice for invoice in matches if invoice.booking_id}

    async def get(self, invoice_id: InvoiceId) -> Invoice | None:
        row = await self._connection.row(_GET, id=invoice_id)
        return invoice_from(row) if row else None

    async def list(
        self, criteria: InvoiceFilter, *, after: InvoiceId | None, limit: int
    ) -> Sequence[Invoice]:
        values: dict[str, Any] = {
            "user_id": criteria.user_id,
            "status": criteria.status,
            "after": after,
        }
        values = {name: value for name, value in values.items() if value is not None}
        statement = _list(frozenset(values))
        rows = await self._connection.rows(statement, **values, limit=limit)
        return [invoice_from(row) for row in rows]

    async def unnumbered(self, *, limit: int) -> Sequence[Invoice]:
        rows = await self._connection.rows(_UNNUMBERED, limit=limit)
        return [invoice_from(row) for row in rows]

    async def last_number(self, year: int) -> int:
        row = await self._connection.row(_LAST_NUMBER, year=str(year))
        return int(row[0].partition("-")[2]) if row else 0

    def add(self, invoice: Invoice) -> None:
        self._connection.write(_ADD, invoice_row(invoice))

    def save(self, invoice: Invoice) -> None:
        self._connection.write(_SAVE, invoice_row(invoice))

    def save_numbers(self, numbered: Sequence[Invoice]) -> None:
        columns = {
            "ids": [invoice.id for invoice in numbered],
            "versions": [invoice.version for invoice in numbered],
            "numbers": [invoice.number for invoice in numbered],
        }
        self._connection.write(_SAVE_NUMBERS, columns, rows=len(numbered))
