"""ListManualRefunds: refunds that staff pay back outside the payment provider."""

from collections.abc import Sequence

from application.ports.unit_of_work import UnitOfWorkFactory
from domain.refunds import Refund


class ListManualRefunds:
    """List the due refunds of offline payments, which staff pay back."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, *, limit: int = 1_000) -> Sequence[Refund]:
        """Return up to `limit` refunds, oldest decision first."""
        async with self._unit_of_work() as uow:
            return await uow.refunds.manual(limit=limit)
