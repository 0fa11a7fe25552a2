"""CountOpenHolds: how many unpaid bookings hold their slot."""

from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory


class CountOpenHolds:
    """For whoever runs the house: many of them for long mean that nobody can pay."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def __call__(self) -> int:
        """Those that have not run out."""
        async with self._unit_of_work() as uow:
            return await uow.bookings.count_open_holds(at=self._clock.now())
