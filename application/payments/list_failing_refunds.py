"""ListFailingRefunds: refunds that failed repeatedly at the provider."""

from collections.abc import Sequence

from application.ports.unit_of_work import UnitOfWorkFactory
from domain.refunds import Refund

MIN_ATTEMPTS = 5
"""With the backoff between them, more than five minutes: longer than a short outage."""


class ListFailingRefunds:
    """List the refunds that failed at least MIN_ATTEMPTS times. They are retried forever."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, *, limit: int = 1_000) -> Sequence[Refund]:
        """Return up to `limit` refunds, oldest decision first."""
        async with self._unit_of_work() as uow:
            return await uow.refunds.failing(attempts=MIN_ATTEMPTS, limit=limit)
