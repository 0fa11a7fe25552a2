"""SweepIdempotencyKeys: forgetting what no request can be answered with any more."""

from application.idempotency import KEPT_FOR
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory

BATCH = 1_000


class SweepIdempotencyKeys:
    """Delete the answers that have been kept for long enough."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def __call__(self) -> int:
        """How many were deleted."""
        deleted = 0
        while True:
            async with self._unit_of_work() as uow:
                batch = await uow.idempotency_keys.forget(
                    answered_before=self._clock.now() - KEPT_FOR, limit=BATCH
                )
            deleted += batch
            if batch < BATCH:
                return deleted
