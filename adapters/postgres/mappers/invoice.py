"""Invoices from and to rows of `invoices`."""

from typing import Any

from adapters.postgres.mappers.values import Row
from domain.invoices import Invoice, InvoiceStatus
from domain.money import Money


def invoice_from(row: Row) -> Invoice:
    """Return the invoice of a row of `invoices`."""
    return Invoice(
        id=row["id"],
        user_id=row["user_id"],
        booking_id=row["booking_id"],
        space_id=row["space_id"],
        subscription_id=row["subscription_id"],
        amount=Money(row["amount_cents"]),
        refunded=Money(row["refunded_cents"]),
        status=InvoiceStatus(row["status"]),
        description=row["description"],
        issued_at=row["issued_at"],
        paid_at=row["paid_at"],
        number=row["number"],
        version=row["version"],
    )


def invoice_row(invoice: Invoice) -> dict[str, Any]:
    """Return the columns of `invoices`."""
    return {
        "id": invoice.id,
        "user_id": invoice.user_id,
        "booking_id": invoice.booking_id,
        "space_id": invoice.space_id,
        "subscription_id": invoice.subscription_id,
        "amount_cents": invoice.amount.cents,
        "refunded_cents": invoice.refunded.cents,
        "status": invoice.status,
        "description": invoice.description,
        "issued_at": invoice.issued_at,
        "paid_at": invoice.paid_at,
        "number": invoice.number,
        "version": invoice.version,
    }
