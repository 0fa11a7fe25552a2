"""FindInvoices, GetInvoice, GetInvoiceDocument: one's own invoices, or anybody's for an admin."""

from dataclasses import dataclass, replace

from application.caller import Caller
from application.paging import Page, cut_page
from application.payments.number_invoices import NumberInvoices
from application.policy import Permission
from application.ports.invoices import InvoiceFilter
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.errors import NotFound
from domain.ids import InvoiceId
from domain.invoices import Invoice
from domain.users import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class FindInvoicesQuery:
    """Which invoices are wanted, and from where on."""

    wanted: InvoiceFilter
    after: InvoiceId | None
    limit: int


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """What is on paper: the invoice, and whose it is."""

    invoice: Invoice
    account: Account


class FindInvoices:
    """List invoices, newest first; a member's list has none but their own."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, number: NumberInvoices) -> None:
        self._unit_of_work = unit_of_work
        self._number = number

    async def __call__(self, caller: Caller, query: FindInvoicesQuery) -> Page[Invoice, InvoiceId]:
        wanted = query.wanted
        if not caller.may(Permission.SEE_ANYBODYS_INVOICES):
            if wanted.user_id not in {None, caller.user_id}:
                return Page((), None)
            wanted = replace(wanted, user_id=caller.user_id)
        invoices = await self._list(wanted, query)
        if any(invoice.awaits_number for invoice in invoices):
            await self._number()
            invoices = await self._list(wanted, query)
        return cut_page(invoices, query.limit, lambda last: last.id)

    async def _list(self, wanted: InvoiceFilter, query: FindInvoicesQuery) -> list[Invoice]:
        async with self._unit_of_work() as uow:
            found = await uow.invoices.list(wanted, after=query.after, limit=query.limit + 1)
        return list(found)


class GetInvoice:
    """One invoice. Raises NotFound, for somebody else's too unless an admin asks."""

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
        if invoice is None or not caller.owns_or_may(
            invoice.user_id, Permission.SEE_ANYBODYS_INVOICES
        ):
            raise NotFound("There is no such invoice.")
        return invoice


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
