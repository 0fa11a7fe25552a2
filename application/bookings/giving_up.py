"""Giving a booking up: what a cancelled or expired booking does to its invoice."""

from application.ports.unit_of_work import UnitOfWork
from domain.bookings import Booking
from domain.invoices import Invoice, InvoiceStatus


def give_up(
    uow: UnitOfWork, cancelled: Booking, invoice: Invoice | None, *, free_of_charge: bool
) -> None:
    """Note the cancelled booking, and void its invoice when nothing is owed for it any more.

    What was only held is never owed. What was paid stays on its invoice, and goes back as a refund.
    """
    uow.bookings.save(cancelled)
    if invoice is None:
        return
    is_waived = invoice.status is InvoiceStatus.OPEN and free_of_charge
    if is_waived or invoice.status is InvoiceStatus.DRAFT:
        uow.invoices.save(invoice.voided())
