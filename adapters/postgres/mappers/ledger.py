"""payment_row: the columns of `provider_payments`."""

from typing import Any

from adapters.postgres.mappers.values import Row
from domain.ledger import EntryKind, LedgerEntry, ProviderPayment
from domain.money import Money


def ledger_entry_from(row: Row) -> LedgerEntry:
    """A row of `ledger_entries`."""
    id_, kind, user_id, booking_id, space_id, subscription_id, invoice_id, *rest = row
    payment_id, amount, occurred_at, source = rest
    return LedgerEntry(
        id=id_,
        kind=EntryKind(kind),
        user_id=user_id,
        booking_id=booking_id,
        space_id=space_id,
        subscription_id=subscription_id,
        invoice_id=invoice_id,
        payment_id=payment_id,
        amount=Money(amount),
        occurred_at=occurred_at,
        source=source,
    )


def ledger_entry_row(entry: LedgerEntry) -> dict[str, Any]:
    """The columns of `ledger_entries`."""
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
    """A row of `provider_payments`."""
    id_, refunded, version = row
    return ProviderPayment(id=id_, refunded=Money(refunded), version=version)


def payment_row(payment: ProviderPayment) -> dict[str, Any]:
    """The columns of `provider_payments`."""
    return {
        "id": payment.id,
        "refunded_cents": payment.refunded.cents,
        "version": payment.version,
    }
