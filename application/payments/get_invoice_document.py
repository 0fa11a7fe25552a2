"""GetInvoiceDocument: return one invoice with the account that it is addressed to."""

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
    """An invoice, and the account that it is addressed to."""

    invoice: Invoice
    account: Account


class GetInvoiceDocument:
    """Return one invoice with its account. Raises NotFound as GetInvoice does."""

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
