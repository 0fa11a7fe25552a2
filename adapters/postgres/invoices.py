"""PostgresInvoices."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from adapters.postgres.connection import UnitConnection
from adapters.postgres.rows import invoice_from, invoice_row
from adapters.postgres.statement import Statement, insert_row, update_row
from adapters.postgres.tables import invoices
from domain.ids import BookingId
from domain.invoices import Invoice

_IS_VOID = invoices.c.status == sa.literal_column("'VOID'")
_OF_BOOKINGS = Statement(
    sa.select(invoices)
    .ext(pg.distinct_on(invoices.c.booking_id))
    .where(invoices.c.booking_id == sa.any_(sa.bindparam("ids", type_=pg.ARRAY(sa.Uuid))))
    .order_by(invoices.c.booking_id, _IS_VOID, invoices.c.id.desc())
)
_ADD = insert_row(invoices)
_SAVE = update_row(invoices)


class PostgresInvoices:
    """Implements application.ports.invoices.Invoices."""

    def __init__(self, connection: UnitConnection) -> None:
        self._connection = connection

    async def of_bookings(self, booking_ids: Collection[BookingId]) -> Mapping[BookingId, Invoice]:
        rows = await self._connection.rows(_OF_BOOKINGS, ids=list(booking_ids))
        found = (invoice_from(row) for row in rows)
        return {invoice.booking_id: invoice for invoice in found if invoice.booking_id}

    def add(self, invoice: Invoice) -> None:
        self._connection.write(_ADD, invoice_row(invoice))

    def save(self, invoice: Invoice) -> None:
        self._connection.write(_SAVE, invoice_row(invoice))
