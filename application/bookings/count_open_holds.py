"""CountOpenHolds: count the unpaid bookings that hold their slot."""

from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory


class CountOpenHolds:
    """Count open holds for monitoring: a count that stays high suggests that payments fail."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def __call__(self) -> int:
        """Return the number of holds that have not expired."""
        async with self._unit_of_work() as uow:
            return await uow.bookings.count_open_holds(at=self._clock.now())
