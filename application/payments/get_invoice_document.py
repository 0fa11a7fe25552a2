"""GetInvoiceDocument: one invoice with its payer. Raises NotFound as GetInvoice does."""

from dataclasses import dataclass

from application.common.caller import Caller
from application.payments.get_invoice import GetInvoice
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.errors import NotFound
from domain.ids import InvoiceId
from domain.invoices import Invoice
from domain.users import Account


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """What is on paper: the invoice, and whose it is."""

    invoice: Invoice
    account: Account


class GetInvoiceDocument:
    """One invoice with its payer. Raises NotFound as GetInvoice does."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, get_invoice: GetInvoice) -> None:
        self._unit_of_work = unit_of_work
        self._get_invoice = get_invoice

    async def __call__(self, caller: Caller, invoice_id: InvoiceId) -> InvoiceDocument:
        invoice = await self._get_invoice(caller, invoice_id)
        async with self._unit_of_work() as uow:
            account = await uow.users.account(invoice.user_id)
        if account is None:
            raise NotFound("There is no such invoice.")
        return InvoiceDocument(invoice, account)
