"""Ledger entries and provider payments from and to rows."""

from typing import Any

from adapters.postgres.mappers.values import Row
from domain.ledger import EntryKind, LedgerEntry, ProviderPayment
from domain.money import Money


def ledger_entry_from(row: Row) -> LedgerEntry:
    """Return the entry of a row of `ledger_entries`."""
    return LedgerEntry(
        id=row["id"],
        kind=EntryKind(row["kind"]),
        user_id=row["user_id"],
        booking_id=row["booking_id"],
        space_id=row["space_id"],
        subscription_id=row["subscription_id"],
        invoice_id=row["invoice_id"],
        payment_id=row["payment_id"],
        amount=Money(row["amount_cents"]),
        occurred_at=row["occurred_at"],
        source=row["source"],
    )


def ledger_entry_row(entry: LedgerEntry) -> dict[str, Any]:
    """Return the columns of `ledger_entries`."""
    return {
        "id": entry.id,
        "kind": entry.kind,
        "user_id": entry.user_id,
        "booking_id": entry.booking_id,
        "space_id": entry.space_id,
        "subscription_id": entry.subscription_id,
        "invoice_id": entry.invoice_id,
        "payment_id": entry.payment_id,
        "amount_cents": entry.amount.cents,
        "occurred_at": entry.occurred_at,
        "source": entry.source,
    }


def payment_from(row: Row) -> ProviderPayment:
    """Return the payment of a row of `provider_payments`."""
    return ProviderPayment(
        id=row["id"], refunded=Money(row["refunded_cents"]), version=row["version"]
    )


def payment_row(payment: ProviderPayment) -> dict[str, Any]:
    """Return the columns of `provider_payments`."""
    return {
        "id": payment.id,
        "refunded_cents": payment.refunded.cents,
        "version": payment.version,
    }
