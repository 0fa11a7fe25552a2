"""LeasedTask: a periodic task that one of all workers runs each time."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory


class LeasedTask:
    """Run a task when it is due and no other worker has acquired its lease.

    A worker that dies leaves nothing locked: the next run does what is left. So a task must depend
    on the data it finds, not on how often it runs.
    """

    def __init__(
        self,
        name: str,
        run: Callable[[], Awaitable[int]],
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        *,
        every: timedelta,
    ) -> None:
        self._name = name
        self._run = run
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._every = every

    async def __call__(self) -> int:
        """Return the number of items processed; 0 when the task is not due here."""
        async with self._unit_of_work() as uow:
            is_acquired = await uow.task_leases.acquire(
                self._name, every=self._every, at=self._clock.now()
            )
        return await self._run() if is_acquired else 0
