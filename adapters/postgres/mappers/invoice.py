"""invoice_row: the columns of `invoices`."""

from typing import Any

from adapters.postgres.mappers.values import Row
from domain.invoices import Invoice, InvoiceStatus
from domain.money import Money


def invoice_from(row: Row) -> Invoice:
    """A row of `invoices`."""
    id_, user_id, booking_id, space_id, subscription_id, amount, refunded, *rest = row
    status, description, issued_at, paid_at, version, number = rest
    return Invoice(
        id=id_,
        user_id=user_id,
        booking_id=booking_id,
        space_id=space_id,
        subscription_id=subscription_id,
        amount=Money(amount),
        refunded=Money(refunded),
        status=InvoiceStatus(status),
        description=description,
        issued_at=issued_at,
        paid_at=paid_at,
        number=number,
        version=version,
    )


def invoice_row(invoice: Invoice) -> dict[str, Any]:
    """The columns of `invoices`."""
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
