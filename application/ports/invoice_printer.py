"""InvoicePrinter: an invoice as a document that people file."""

from typing import Protocol, runtime_checkable

from domain.invoices import Invoice
from domain.users import Account


@runtime_checkable
class InvoicePrinter(Protocol):
    """Lays an invoice out on paper. It takes a while of work, so not on an event loop."""

    def print(self, invoice: Invoice, account: Account) -> bytes:
        """The invoice as PDF, made out to that account. The same one gives the same document."""
        ...
