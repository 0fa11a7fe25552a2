"""PostgresLedger: implements application.ports.ledger.Ledger."""

from collections.abc import Sequence

import sqlalchemy as sa

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import Statement, insert_row, update_row
from adapters.postgres.mappers.ledger import (
    ledger_entry_from,
    ledger_entry_row,
    payment_from,
    payment_row,
)
from adapters.postgres.schema.billing import (
    invoices,
    ledger_entries,
    provider_payments,
)
from adapters.postgres.schema.bookings import bookings
from application.ports.ledger import LedgerMismatch
from domain.ids import BookingId
from domain.ledger import LedgerEntry, ProviderPayment
from domain.money import Money

_COUNT = Statement(sa.select(sa.func.count()).select_from(ledger_entries))


_PAYMENT = Statement(
    sa.select(provider_payments).where(provider_payments.c.id == sa.bindparam("id"))
)


_ADD_ENTRY = insert_row(ledger_entries)


_ADD_PAYMENT = insert_row(provider_payments)


_SAVE_PAYMENT = update_row(provider_payments)


def _entries_by(column: str) -> Statement:
    return Statement(
        sa.select(ledger_entries)
        .where(ledger_entries.c[column] == sa.bindparam("value"))
        .order_by(ledger_entries.c.id)
    )


_OF_SOURCE = _entries_by("source")


_OF_BOOKING = _entries_by("booking_id")


_OF_PAYMENT = _entries_by("payment_id")


def _sums_of(column: str) -> sa.Subquery:
    is_refund = ledger_entries.c.kind == sa.literal_column("'REFUND'")
    amount = ledger_entries.c.amount_cents
    key = ledger_entries.c[column]
    return (
        sa.select(
            key.label("key"),
            sa.func.sum(amount).filter(sa.not_(is_refund)).label("paid"),
            sa.func.sum(amount).filter(is_refund).label("refunded"),
        )
        .where(key.is_not(None))
        .group_by(key)
        .subquery()
    )


def _mismatches(subject: str, table: sa.Table, paid: sa.ColumnElement[int]) -> Statement:
    sums = _sums_of(f"{subject}_id")
    nothing: sa.ColumnElement[int] = sa.literal_column("0")
    entered_paid = sa.cast(sa.func.coalesce(sums.c.paid, nothing), sa.BigInteger)
    entered_back = sa.cast(sa.func.coalesce(sums.c.refunded, nothing), sa.BigInteger)
    return Statement(
        sa.select(table.c.id, paid, entered_paid, table.c.refunded_cents, entered_back)
        .select_from(table.outerjoin(sums, sums.c.key == table.c.id))
        .where(sa.or_(paid != entered_paid, table.c.refunded_cents != entered_back))
        .order_by(table.c.id)
        .limit(sa.bindparam("limit"))
    )


_MISMATCHES = {
    "booking": _mismatches("booking", bookings, bookings.c.paid_cents),
    "invoice": _mismatches(
        "invoice",
        invoices,
        sa.case(
            (invoices.c.paid_at.is_not(None), invoices.c.amount_cents),
            else_=sa.literal_column("0"),
        ),
    ),
}


class PostgresLedger:
    """Implements application.ports.ledger.Ledger."""

    def __init__(self, connection: PostgresSession) -> None:
        self._connection = connection

    async def of_source(self, source: str) -> LedgerEntry | None:
        row = await self._connection.row(_OF_SOURCE, value=source)
        return ledger_entry_from(row) if row else None

    async def of_booking(self, booking_id: BookingId) -> Sequence[LedgerEntry]:
        rows = await self._connection.rows(_OF_BOOKING, value=booking_id)
        return [ledger_entry_from(row) for row in rows]

    async def of_payment(self, payment_id: str) -> Sequence[LedgerEntry]:
        rows = await self._connection.rows(_OF_PAYMENT, value=payment_id)
        return [ledger_entry_from(row) for row in rows]

    async def payment(self, payment_id: str) -> ProviderPayment | None:
        row = await self._connection.row(_PAYMENT, id=payment_id)
        return payment_from(row) if row else None

    async def count(self) -> int:
        row = await self._connection.row(_COUNT)
        return row[0] if row else 0

    async def mismatches(self, *, limit: int) -> Sequence[LedgerMismatch]:
        mismatches: list[LedgerMismatch] = []
        for subject, statement in _MISMATCHES.items():
            for row in await self._connection.rows(statement, limit=limit):
                for what, recorded, entered in (
                    ("paid", row[1], row[2]),
                    ("refunded", row[3], row[4]),
                ):
                    if recorded != entered:
                        mismatches.append(
                            LedgerMismatch(
                                subject=subject,
                                id=row[0],
                                what=what,
                                recorded=Money(recorded),
                                ledger=Money(entered),
                            )
                        )
        return mismatches[:limit]

    def add(self, entry: LedgerEntry) -> None:
        self._connection.write(_ADD_ENTRY, ledger_entry_row(entry))

    def add_payment(self, payment: ProviderPayment) -> None:
        self._connection.write(_ADD_PAYMENT, payment_row(payment))

    def save_payment(self, payment: ProviderPayment) -> None:
        self._connection.write(_SAVE_PAYMENT, payment_row(payment))
