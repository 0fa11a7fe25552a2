"""CheckLedger: verify that all recorded sums agree with the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.ledger import LedgerMismatch
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.refunds import Refund

MAX_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """The number of entries, and up to MAX_SHOWN mismatches and due manual refunds."""

    entries: int
    mismatches: Sequence[LedgerMismatch]
    manual_refunds: Sequence[Refund]

    @property
    def agrees(self) -> bool:
        """Whether there is no mismatch."""
        return not self.mismatches


class CheckLedger:
    """Compare the sums of bookings and invoices with the ledger."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self) -> LedgerReport:
        async with self._unit_of_work() as uow:
            return LedgerReport(
                await uow.ledger.count(),
                await uow.ledger.mismatches(limit=MAX_SHOWN),
                await uow.refunds.manual(limit=MAX_SHOWN),
            )
