"""FindInvoices: list invoices, newest first. A member sees only their own."""

from dataclasses import dataclass, replace

from application.common.caller import Caller
from application.common.paging import Page, cut_page
from application.common.policy import Permission
from application.payments.number_invoices import NumberInvoices
from application.ports.invoices import InvoiceFilter
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.ids import InvoiceId
from domain.invoices import Invoice


@dataclass(frozen=True, slots=True, kw_only=True)
class FindInvoicesQuery:
    """Criteria, position and page size of a list of invoices."""

    criteria: InvoiceFilter
    after: InvoiceId | None
    limit: int


class FindInvoices:
    """List invoices, newest first. A member sees only their own."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, number: NumberInvoices) -> None:
        self._unit_of_work = unit_of_work
        self._number = number

    async def __call__(self, caller: Caller, query: FindInvoicesQuery) -> Page[Invoice, InvoiceId]:
        criteria = query.criteria
        if not caller.may(Permission.VIEW_ALL_INVOICES):
            if criteria.user_id not in {None, caller.user_id}:
                return Page((), None)
            criteria = replace(criteria, user_id=caller.user_id)
        invoices = await self._list(criteria, query)
        if any(invoice.awaits_number for invoice in invoices):
            await self._number()
            invoices = await self._list(criteria, query)
        return cut_page(invoices, query.limit, lambda last: last.id)

    async def _list(self, criteria: InvoiceFilter, query: FindInvoicesQuery) -> list[Invoice]:
        async with self._unit_of_work() as uow:
            invoices = await uow.invoices.list(criteria, after=query.after, limit=query.limit + 1)
        return list(invoices)
