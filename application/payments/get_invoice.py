"""GetInvoice: return one invoice."""

from application.common.caller import Caller
from application.common.policy import Permission
from application.payments.number_invoices import NumberInvoices
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.errors import NotFound
from domain.ids import InvoiceId
from domain.invoices import Invoice


class GetInvoice:
    """Return one invoice, after numbering it if that is due.

    Raises NotFound, also for another user's invoice unless the caller may view all.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, number: NumberInvoices) -> None:
        self._unit_of_work = unit_of_work
        self._number = number

    async def __call__(self, caller: Caller, invoice_id: InvoiceId) -> Invoice:
        invoice = await self._get(caller, invoice_id)
        if invoice.awaits_number:
            await self._number()
            invoice = await self._get(caller, invoice_id)
        return invoice

    async def _get(self, caller: Caller, invoice_id: InvoiceId) -> Invoice:
        async with self._unit_of_work() as uow:
            invoice = await uow.invoices.get(invoice_id)
        if invoice is None or not caller.can_access(invoice.user_id, Permission.VIEW_ALL_INVOICES):
            raise NotFound("There is no such invoice.")
        return invoice
