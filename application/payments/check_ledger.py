"""CheckLedger: whether every sum is that of its entries."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.ledger import LedgerMismatch
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.refunds import Refund

MOST_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What does not agree, and what the house still owes by hand; both at most MOST_SHOWN."""

    entries: int
    mismatches: Sequence[LedgerMismatch]
    by_hand: Sequence[Refund]

    @property
    def agrees(self) -> bool:
        """Whether all is well."""
        return not self.mismatches


class CheckLedger:
    """Compare what bookings and invoices say with the ledger."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self) -> LedgerReport:
        async with self._unit_of_work() as uow:
            return LedgerReport(
                await uow.ledger.count(),
                await uow.ledger.mismatches(limit=MOST_SHOWN),
                await uow.refunds.by_hand(limit=MOST_SHOWN),
            )
