"""LeasedTask: a chore that comes round by the clock, done by one of all the workers each time."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory


class LeasedTask:
    """Do the chore if its time has come and no other worker has taken the tick.

    A worker that dies at it leaves nothing locked: what it did not do is done with the next tick,
    by whoever takes that. So a chore has to go by what it finds, not by how often it is called.
    """

    def __init__(
        self,
        name: str,
        chore: Callable[[], Awaitable[int]],
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        *,
        every: timedelta,
    ) -> None:
        self._name = name
        self._chore = chore
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._every = every

    async def __call__(self) -> int:
        """How many things were done."""
        async with self._unit_of_work() as uow:
            is_ours = await uow.task_leases.acquire(
                self._name, every=self._every, at=self._clock.now()
            )
        return await self._chore() if is_ours else 0
