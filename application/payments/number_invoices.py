"""NumberInvoices: assign numbers to issued invoices, without gaps within a year."""

from application.common.retry import retry_on_conflict
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.house import House
from domain.invoices import invoice_number
from domain.local_time import wall_clock

BATCH = 500


class NumberInvoices:
    """Number all issued invoices without a number, in order of issue, by year in the house's zone.

    It is separate from the commits that issue invoices, so that these never wait for each other.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, house: House) -> None:
        self._unit_of_work = unit_of_work
        self._house = house

    async def __call__(self) -> int:
        """Return the number of invoices numbered."""
        numbered = 0
        while True:
            batch = await self._number()
            numbered += batch
            if batch < BATCH:
                return numbered

    @retry_on_conflict
    async def _number(self) -> int:
        async with self._unit_of_work() as uow:
            if not await uow.invoices.unnumbered(limit=1):
                return 0
            await uow.lock_invoice_numbers()
            invoices = await uow.invoices.unnumbered(limit=BATCH)
            last: dict[int, int] = {}
            numbered = []
            for invoice in invoices:
                year = wall_clock(invoice.issued_at, self._house.timezone).year
                if year not in last:
                    last[year] = await uow.invoices.last_number(year)
                last[year] += 1
                numbered.append(invoice.numbered(invoice_number(year, last[year])))
            uow.invoices.save_numbers(numbered)
            await uow.commit()
        return len(invoices)
