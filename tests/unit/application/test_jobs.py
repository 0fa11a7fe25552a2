"""Jobs run once, are retried when they fail, and in the end fail permanently and visibly."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from application.jobs.count_jobs import CountJobs
from application.jobs.job import Job, JobCounts, JobId, PermanentFailure
from application.jobs.leased_task import LeasedTask
from application.jobs.list_jobs import ListJobs
from application.jobs.retry_jobs import RetryJobs
from application.jobs.run_jobs import (
    FIRST_DELAY,
    LEASE,
    MAX_ATTEMPTS,
    MAX_DELAY,
    MAX_ERROR_LENGTH,
    RunJobs,
    retry_delay,
)
from application.ports.unit_of_work import Unavailable, UnitOfWork
from tests.unit.application.world import World

KIND = "mail"
JOB = JobId("mail/a")


class Handler:
    """Raises these failures in turn, then succeeds."""

    def __init__(self, *failures: Exception | None) -> None:
        self._failures = failures
        self.done: list[JobId] = []
        self.tried = 0

    async def __call__(self, job: Job) -> None:
        self.tried += 1
        failure = self._failures[self.tried - 1] if self.tried <= len(self._failures) else None
        if failure is not None:
            raise failure
        self.done.append(job.id)


def runner(world: World, handler: Handler, **options: object) -> RunJobs:
    return RunJobs(world.unit_of_work, world.clock, {KIND: handler}, chance=lambda: 1, **options)  # type: ignore[arg-type]  # options of the test


async def enqueue(world: World, subject: str = "a", kind: str = KIND) -> None:
    async with world.unit_of_work() as uow:
        uow.jobs.add(Job.new(kind, subject, {}, at=world.clock.now()))
        await uow.commit()


async def listed(world: World, *, waiting: bool = False) -> Sequence[Job]:
    return await ListJobs(world.unit_of_work)(waiting=waiting)


async def test_a_job_runs_once(world: World) -> None:
    handler = Handler()
    run = runner(world, handler)
    await enqueue(world)
    assert [await run(), await run()] == [1, 0]
    await enqueue(world)
    assert await run() == 0
    assert handler.done == [JOB]
    assert await listed(world, waiting=True) == []


async def test_a_failed_job_is_retried_with_growing_delays(world: World) -> None:
    handler = Handler(RuntimeError("Away."), TimeoutError())
    run = runner(world, handler)
    await enqueue(world)
    for pause in (FIRST_DELAY, 2 * FIRST_DELAY):
        assert [await run(), await run()] == [1, 0]
        world.clock.advance(pause - timedelta(microseconds=1))
        assert await run() == 0
        world.clock.advance(timedelta(microseconds=1))
    assert await run() == 1
    assert handler.done == [JOB]


@pytest.mark.parametrize("attempts", [1, 5, 10, 25, 1000])
def test_delays_have_jitter_and_bounds(attempts: int) -> None:
    shortest, longest = retry_delay(attempts, 0), retry_delay(attempts, 1)
    assert shortest == longest / 2
    assert FIRST_DELAY <= longest <= MAX_DELAY


async def test_a_job_that_keeps_failing_is_listed_as_failed_and_can_be_requeued(
    world: World,
) -> None:
    handler = Handler(*[RuntimeError("Away.")] * MAX_ATTEMPTS)
    run = runner(world, handler)
    await enqueue(world)
    for _ in range(MAX_ATTEMPTS):
        assert await run() == 1
        world.clock.advance(MAX_DELAY)
    assert await run() == 0
    [failed] = await listed(world)
    assert (failed.id, failed.last_error) == (JOB, "RuntimeError: Away.")
    assert await CountJobs(world.unit_of_work)() == [JobCounts(KIND, 0, 1)]

    retry = RetryJobs(world.unit_of_work, world.clock)
    assert await retry([JobId("mail/unknown"), JOB]) == [JOB]
    assert await retry([JOB]) == []
    assert await run() == 1
    assert handler.done == [JOB]


async def test_all_failed_jobs_can_be_requeued_together(world: World) -> None:
    run = runner(world, Handler(PermanentFailure(), PermanentFailure()))
    await enqueue(world, "a")
    await enqueue(world, "b")
    await run()
    await run()
    assert await RetryJobs(world.unit_of_work, world.clock).all() == ["mail/a", "mail/b"]
    assert await listed(world) == []


async def test_a_permanent_failure_is_not_retried(world: World) -> None:
    handler = Handler(PermanentFailure("No such mailbox."))
    run = runner(world, handler)
    await enqueue(world)
    await run()
    [failed] = await listed(world)
    assert failed.last_error == "PermanentFailure: No such mailbox."
    world.clock.advance(MAX_DELAY)
    assert await run() == 0


async def test_any_error_message_can_be_stored(world: World) -> None:
    await enqueue(world)
    await runner(world, Handler(PermanentFailure("\0\ud800" + "x" * 10_000)))()
    [failed] = await listed(world)
    assert failed.last_error == ("PermanentFailure: ??" + "x" * 10_000)[:MAX_ERROR_LENGTH]


async def test_a_failing_job_does_not_delay_others(world: World) -> None:
    handler = Handler(RuntimeError())
    run = runner(world, handler)
    await enqueue(world, "a")
    await enqueue(world, "b")
    assert [await run(), await run(), await run()] == [1, 1, 0]
    assert handler.done == ["mail/b"]


async def test_jobs_without_a_handler_wait_and_are_listed(world: World) -> None:
    await enqueue(world, kind="newer")
    assert await runner(world, Handler())() == 0
    assert [job.kind for job in await listed(world, waiting=True)] == ["newer"]


async def test_a_job_whose_worker_died_is_run_by_another_after_the_lease(
    world: World,
) -> None:
    class Dying(Handler):
        async def __call__(self, job: Job) -> None:
            raise KeyboardInterrupt

    await enqueue(world)
    with pytest.raises(KeyboardInterrupt):
        await runner(world, Dying())()
    handler = Handler()
    assert await runner(world, handler)() == 0
    world.clock.advance(LEASE)
    assert await runner(world, handler)() == 1
    assert handler.done == [JOB]


async def test_a_job_that_kills_its_workers_fails_permanently(world: World) -> None:
    class Deadly(Handler):
        async def __call__(self, job: Job) -> None:
            raise KeyboardInterrupt

    await enqueue(world)
    run = runner(world, Deadly())
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            await run()
        world.clock.advance(LEASE)
    assert await run() == 1
    assert [job.id for job in await listed(world)] == [JOB]


async def test_a_worker_whose_lease_expired_changes_nothing(world: World) -> None:
    other = Handler()

    class Slow(Handler):
        async def __call__(self, job: Job) -> None:
            world.clock.advance(LEASE)
            assert await runner(world, other)() == 1
            raise RuntimeError

    await enqueue(world)
    assert await runner(world, Slow())() == 1
    assert other.done == [JOB]
    world.clock.advance(MAX_DELAY)
    assert await runner(world, Handler())() == 0


async def test_storing_the_outcome_is_retried_while_the_database_is_unavailable(
    world: World,
) -> None:
    away = 3

    @asynccontextmanager
    async def unit_of_work() -> AsyncIterator[UnitOfWork]:
        async with world.unit_of_work() as uow:
            if handler.done and len(pauses) < away:
                raise Unavailable
            yield uow

    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    await enqueue(world)
    handler = Handler()
    run = RunJobs(unit_of_work, world.clock, {KIND: handler}, sleep=sleep)
    assert await run() == 1
    assert len(pauses) == away
    world.clock.advance(LEASE)
    assert await runner(world, handler)() == 0
    assert handler.done == [JOB]


async def test_a_leased_task_runs_once_per_interval_on_any_number_of_workers(world: World) -> None:
    runs = []

    async def task() -> int:
        runs.append(world.clock.now())
        return 1

    every = timedelta(seconds=10)
    workers = [
        LeasedTask("sweep", task, world.unit_of_work, world.clock, every=every) for _ in range(3)
    ]
    for _ in range(4):
        assert sum([await worker() for worker in workers]) == 1
        assert sum([await worker() for worker in workers]) == 0
        world.clock.advance(every)
    assert len(runs) == 4
