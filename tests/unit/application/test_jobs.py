"""Jobs are done once, tried again when they fail, and given up in the end, in sight."""

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
    """Fails as it is told, time after time, and then works."""

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
    return RunJobs(world.unit_of_work, world.clock, {KIND: handler}, chance=lambda: 1, **options)  # type: ignore[arg-type]  # what a test passes on


async def note(world: World, subject: str = "a", kind: str = KIND) -> None:
    async with world.unit_of_work() as uow:
        uow.jobs.add(Job.new(kind, subject, {}, at=world.clock.now()))
        await uow.commit()


async def listed(world: World, *, waiting: bool = False) -> Sequence[Job]:
    return await ListJobs(world.unit_of_work)(waiting=waiting)


async def test_a_job_is_done_once(world: World) -> None:
    handler = Handler()
    run = runner(world, handler)
    await note(world)
    assert [await run(), await run()] == [1, 0]
    await note(world)
    assert await run() == 0
    assert handler.done == [JOB]
    assert await listed(world, waiting=True) == []


async def test_a_job_that_fails_is_tried_again_after_a_pause_that_grows(world: World) -> None:
    handler = Handler(RuntimeError("Away."), TimeoutError())
    run = runner(world, handler)
    await note(world)
    for pause in (FIRST_DELAY, 2 * FIRST_DELAY):
        assert [await run(), await run()] == [1, 0]
        world.clock.advance(pause - timedelta(microseconds=1))
        assert await run() == 0
        world.clock.advance(timedelta(microseconds=1))
    assert await run() == 1
    assert handler.done == [JOB]


@pytest.mark.parametrize("attempts", [1, 5, 10, 25, 1000])
def test_pauses_are_scattered_and_bounded(attempts: int) -> None:
    least, most = retry_delay(attempts, 0), retry_delay(attempts, 1)
    assert least == most / 2
    assert FIRST_DELAY <= most <= MAX_DELAY


async def test_a_job_that_keeps_failing_is_given_up_in_sight_and_can_be_tried_again(
    world: World,
) -> None:
    handler = Handler(*[RuntimeError("Away.")] * MAX_ATTEMPTS)
    run = runner(world, handler)
    await note(world)
    for _ in range(MAX_ATTEMPTS):
        assert await run() == 1
        world.clock.advance(MAX_DELAY)
    assert await run() == 0
    [given_up] = await listed(world)
    assert (given_up.id, given_up.last_error) == (JOB, "RuntimeError: Away.")
    assert await CountJobs(world.unit_of_work)() == [JobCounts(KIND, 0, 1)]

    retry = RetryJobs(world.unit_of_work, world.clock)
    assert await retry([JobId("mail/unknown"), JOB]) == [JOB]
    assert await retry([JOB]) == []
    assert await run() == 1
    assert handler.done == [JOB]


async def test_all_that_were_given_up_can_be_tried_again_at_once(world: World) -> None:
    run = runner(world, Handler(PermanentFailure(), PermanentFailure()))
    await note(world, "a")
    await note(world, "b")
    await run()
    await run()
    assert await RetryJobs(world.unit_of_work, world.clock).all() == ["mail/a", "mail/b"]
    assert await listed(world) == []


async def test_what_cannot_be_done_is_given_up_at_once(world: World) -> None:
    handler = Handler(PermanentFailure("No such mailbox."))
    run = runner(world, handler)
    await note(world)
    await run()
    [given_up] = await listed(world)
    assert given_up.last_error == "PermanentFailure: No such mailbox."
    world.clock.advance(MAX_DELAY)
    assert await run() == 0


async def test_whatever_a_failure_says_can_be_stored(world: World) -> None:
    await note(world)
    await runner(world, Handler(PermanentFailure("\0\ud800" + "x" * 10_000)))()
    [given_up] = await listed(world)
    assert given_up.last_error == ("PermanentFailure: ??" + "x" * 10_000)[:MAX_ERROR_LENGTH]


async def test_one_that_fails_does_not_hold_up_the_others(world: World) -> None:
    handler = Handler(RuntimeError())
    run = runner(world, handler)
    await note(world, "a")
    await note(world, "b")
    assert [await run(), await run(), await run()] == [1, 1, 0]
    assert handler.done == ["mail/b"]


async def test_kinds_without_a_handler_wait_in_sight(world: World) -> None:
    await note(world, kind="newer")
    assert await runner(world, Handler())() == 0
    assert [job.kind for job in await listed(world, waiting=True)] == ["newer"]


async def test_a_job_whose_worker_died_is_done_by_another_when_the_lease_is_over(
    world: World,
) -> None:
    class Dying(Handler):
        async def __call__(self, job: Job) -> None:
            raise KeyboardInterrupt

    await note(world)
    with pytest.raises(KeyboardInterrupt):
        await runner(world, Dying())()
    handler = Handler()
    assert await runner(world, handler)() == 0
    world.clock.advance(LEASE)
    assert await runner(world, handler)() == 1
    assert handler.done == [JOB]


async def test_a_job_that_its_workers_die_of_is_given_up(world: World) -> None:
    class Deadly(Handler):
        async def __call__(self, job: Job) -> None:
            raise KeyboardInterrupt

    await note(world)
    run = runner(world, Deadly())
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            await run()
        world.clock.advance(LEASE)
    assert await run() == 1
    assert [job.id for job in await listed(world)] == [JOB]


async def test_a_worker_that_was_taken_for_dead_changes_nothing(world: World) -> None:
    other = Handler()

    class Slow(Handler):
        async def __call__(self, job: Job) -> None:
            world.clock.advance(LEASE)
            assert await runner(world, other)() == 1
            raise RuntimeError

    await note(world)
    assert await runner(world, Slow())() == 1
    assert other.done == [JOB]
    world.clock.advance(MAX_DELAY)
    assert await runner(world, Handler())() == 0


async def test_a_database_that_is_away_when_a_job_is_done_is_waited_for(world: World) -> None:
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

    await note(world)
    handler = Handler()
    run = RunJobs(unit_of_work, world.clock, {KIND: handler}, sleep=sleep)
    assert await run() == 1
    assert len(pauses) == away
    world.clock.advance(LEASE)
    assert await runner(world, handler)() == 0
    assert handler.done == [JOB]


async def test_a_chore_is_done_once_per_tick_by_however_many(world: World) -> None:
    runs = []

    async def chore() -> int:
        runs.append(world.clock.now())
        return 1

    every = timedelta(seconds=10)
    workers = [
        LeasedTask("sweep", chore, world.unit_of_work, world.clock, every=every) for _ in range(3)
    ]
    for _ in range(4):
        assert sum([await worker() for worker in workers]) == 1
        assert sum([await worker() for worker in workers]) == 0
        world.clock.advance(every)
    assert len(runs) == 4
