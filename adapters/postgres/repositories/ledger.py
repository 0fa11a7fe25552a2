"""PostgresLedger: implements application.ports.ledger.Ledger."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import Statement, insert_row, update_row
from adapters.postgres.mappers.ledger import (
    ledger_entry_from,
    ledger_entry_row,
    payment_from,
    payment_row,
)
from adapters.postgres.mappers.values import Row
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

_COUNT = Statement(sa.select(sa.func.count().label("count")).select_from(ledger_entries))
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
    ledger_paid = sa.cast(sa.func.coalesce(sums.c.paid, nothing), sa.BigInteger)
    ledger_refunded = sa.cast(sa.func.coalesce(sums.c.refunded, nothing), sa.BigInteger)
    return Statement(
        sa.select(
            table.c.id,
            paid.label("recorded_paid"),
            ledger_paid.label("ledger_paid"),
            table.c.refunded_cents.label("recorded_refunded"),
            ledger_refunded.label("ledger_refunded"),
        )
        .select_from(table.outerjoin(sums, sums.c.key == table.c.id))
        .where(sa.or_(paid != ledger_paid, table.c.refunded_cents != ledger_refunded))
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


def _mismatches_of(subject: str, row: Row) -> Iterator[LedgerMismatch]:
    for what in ("paid", "refunded"):
        recorded, ledger = row[f"recorded_{what}"], row[f"ledger_{what}"]
        if recorded != ledger:
            yield LedgerMismatch(
                subject=subject,
                id=row["id"],
                what=what,
                recorded=Money(recorded),
                ledger=Money(ledger),
            )


class PostgresLedger:
    """Implements application.ports.ledger.Ledger."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session

    async def of_source(self, source: str) -> LedgerEntry | None:
        row = await self._session.row(_OF_SOURCE, value=source)
        return ledger_entry_from(row) if row else None

    async def of_booking(self, booking_id: BookingId) -> Sequence[LedgerEntry]:
        rows = await self._session.rows(_OF_BOOKING, value=booking_id)
        return [ledger_entry_from(row) for row in rows]

    async def of_payment(self, payment_id: str) -> Sequence[LedgerEntry]:
        rows = await self._session.rows(_OF_PAYMENT, value=payment_id)
        return [ledger_entry_from(row) for row in rows]

    async def payment(self, payment_id: str) -> ProviderPayment | None:
        row = await self._session.row(_PAYMENT, id=payment_id)
        return payment_from(row) if row else None

    async def count(self) -> int:
        row = await self._session.row(_COUNT)
        return row["count"] if row else 0

    async def mismatches(self, *, limit: int) -> Sequence[LedgerMismatch]:
        mismatches: list[LedgerMismatch] = []
        for subject, statement in _MISMATCHES.items():
            for row in await self._session.rows(statement, limit=limit):
                mismatches += _mismatches_of(subject, row)
        return mismatches[:limit]

    def add(self, entry: LedgerEntry) -> None:
        self._session.write(_ADD_ENTRY, ledger_entry_row(entry))

    def add_payment(self, payment: ProviderPayment) -> None:
        self._session.write(_ADD_PAYMENT, payment_row(payment))

    def save_payment(self, payment: ProviderPayment) -> None:
        self._session.write(_SAVE_PAYMENT, payment_row(payment))
