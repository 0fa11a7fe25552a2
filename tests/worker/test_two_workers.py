"""Two workers on one database run each job once and each periodic task once per tick."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from adapters.memory import SequentialIds
from adapters.postgres import PostgresDatabase
from adapters.system import SystemClock
from application.jobs.job import Job, JobHandler, JobId
from application.use_cases import UseCases
from domain.house import House
from entrypoints.worker.runner import run_worker
from entrypoints.worker.tasks import PeriodicTask, job_tasks, leased_tasks

JOBS = 1_000
EVERY = timedelta(milliseconds=100)
CLOCK = SystemClock()
KIND = "count"


@pytest.fixture
async def databases(empty_database_18: str) -> AsyncIterator[list[PostgresDatabase]]:
    """The connection pools of two workers."""
    async with AsyncExitStack() as stack:
        pools = [await PostgresDatabase.connect(empty_database_18, pool_size=6) for _ in range(2)]
        for pool in pools:
            stack.push_async_callback(pool.close)
        yield pools


async def note(database: PostgresDatabase, numbers: range) -> None:
    async with database.unit_of_work() as uow:
        for number in numbers:
            uow.jobs.add(Job.new(KIND, str(number), {}, at=CLOCK.now()))
        await uow.commit()


def use_cases(database: PostgresDatabase, handle: JobHandler) -> UseCases:
    """Return use cases over the database, with one handler of jobs."""
    house = House(timezone=ZoneInfo("UTC"))
    use_cases = UseCases(
        unit_of_work=database.unit_of_work, clock=CLOCK, ids=SequentialIds(), house=house
    )
    use_cases.job_handlers = {KIND: handle}
    return use_cases


async def become(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until the condition is true, with a time limit."""
    async with asyncio.timeout(60):
        while not await condition():  # noqa: ASYNC110 - the condition is in the database
            await asyncio.sleep(0.05)


async def waiting(database: PostgresDatabase) -> int:
    async with database.unit_of_work() as uow:
        return sum(count.waiting + count.failed for count in await uow.jobs.counts())


async def test_a_thousand_jobs_are_each_executed_once(databases: list[PostgresDatabase]) -> None:
    effects: Counter[JobId] = Counter()
    by_worker: Counter[int] = Counter()
    stop = asyncio.Event()

    def worker(number: int, database: PostgresDatabase) -> asyncio.Task[None]:
        async def handle(job: Job) -> None:
            effects[job.id] += 1
            by_worker[number] += 1

        tasks = job_tasks(use_cases(database, handle))
        return asyncio.create_task(run_worker(tasks, stop=stop))

    await note(databases[0], range(JOBS // 2))
    workers = [worker(number, database) for number, database in enumerate(databases)]
    await note(databases[0], range(JOBS // 2, JOBS))

    async def all_done() -> bool:
        return not await waiting(databases[0])

    await become(all_done)
    stop.set()
    await asyncio.gather(*workers)
    assert effects == {JobId(f"{KIND}/{number}"): 1 for number in range(JOBS)}
    assert len(by_worker) == 2


async def test_a_periodic_task_runs_once_per_tick(databases: list[PostgresDatabase]) -> None:
    runs: list[datetime] = []
    stop = asyncio.Event()

    async def count() -> int:
        runs.append(CLOCK.now())
        return 0

    async def ignore(job: Job) -> None: ...

    def worker(database: PostgresDatabase) -> asyncio.Task[None]:
        task = PeriodicTask("count", count, EVERY)
        [leased] = leased_tasks([task], use_cases(database, ignore))
        # Each worker polls far more often than the task is due.
        often = [PeriodicTask("count", leased.run, EVERY / 10)]
        return asyncio.create_task(run_worker(often, stop=stop))

    began = time.monotonic()
    workers = [worker(database) for database in databases]

    async def ten_times() -> bool:
        return len(runs) >= 10

    await become(ten_times)
    stop.set()
    await asyncio.gather(*workers)
    assert len(runs) - 1 <= (time.monotonic() - began) / EVERY.total_seconds()


async def test_running_jobs_are_finished_on_shutdown(
    databases: list[PostgresDatabase],
) -> None:
    begun, go_on, stop = asyncio.Event(), asyncio.Event(), asyncio.Event()
    done: list[JobId] = []

    async def handle(job: Job) -> None:
        begun.set()
        await go_on.wait()
        done.append(job.id)

    await note(databases[0], range(1))
    tasks = job_tasks(use_cases(databases[0], handle))
    worker = asyncio.create_task(run_worker(tasks, stop=stop))
    await begun.wait()
    stop.set()
    await note(databases[1], range(1, 2))
    go_on.set()
    await worker
    assert done == [f"{KIND}/0"]
    assert await waiting(databases[0]) == 1
