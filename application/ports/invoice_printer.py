"""InvoicePrinter: renders invoices as PDF."""

from typing import Protocol, runtime_checkable

from domain.invoices import Invoice
from domain.users import Account


@runtime_checkable
class InvoicePrinter(Protocol):
    """Renders invoices. It is CPU-bound, so run it in a thread and not on the event loop."""

    def print(self, invoice: Invoice, account: Account) -> bytes:
        """Return the invoice, addressed to that account, as PDF. Equal input, equal bytes."""
        ...
