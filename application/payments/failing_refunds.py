"""FailingRefunds: refunds that the provider has refused again and again."""

from collections.abc import Sequence

from application.ports.unit_of_work import UnitOfWorkFactory
from domain.refunds import Refund

MANY_ATTEMPTS = 5
"""With the pauses between them, more than five minutes: no passing trouble."""


class FailingRefunds:
    """Those that somebody should look at. They are never given up: the money is owed."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, *, limit: int = 1_000) -> Sequence[Refund]:
        """At most `limit`, the first decided first."""
        async with self._unit_of_work() as uow:
            return await uow.refunds.failing(attempts=MANY_ATTEMPTS, limit=limit)
