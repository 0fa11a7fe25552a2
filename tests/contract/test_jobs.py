"""Jobs and ticks: stored with the change that causes them, claimed by one worker."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.postgres import PostgresDatabase
from application.jobs.job import Job, JobCounts, JobId
from application.ports.unit_of_work import Stale, UnitOfWorkFactory
from tests.contract.conftest import Store
from tests.entities import MONDAY, a_user

LEASE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
KINDS = ["mail"]


@pytest.fixture
async def uow(store: Store) -> UnitOfWorkFactory:
    return store.unit_of_work


def a_job(subject: str = "a", kind: str = "mail", **changes: object) -> Job:
    job = Job.new(kind, subject, {"booking_id": "b-\u2615"}, at=MONDAY)
    return replace(job, **changes)  # type: ignore[arg-type]  # each test names the fields it changes


async def enqueue(uow: UnitOfWorkFactory, *jobs: Job) -> None:
    async with uow() as unit:
        for job in jobs:
            unit.jobs.add(job)
        await unit.commit()


async def try_to_claim(
    uow: UnitOfWorkFactory, *kinds: str, late: timedelta = timedelta()
) -> Job | None:
    async with uow() as unit:
        return await unit.jobs.claim(kinds or KINDS, at=MONDAY + late, lease=LEASE)


async def claim(uow: UnitOfWorkFactory, late: timedelta = timedelta()) -> Job:
    job = await try_to_claim(uow, late=late)
    assert job is not None
    return job


async def settle(uow: UnitOfWorkFactory, job: Job) -> None:
    async with uow() as unit:
        unit.jobs.save(job)
        await unit.commit()


async def stored(uow: UnitOfWorkFactory, job: Job) -> Job | None:
    async with uow() as unit:
        return await unit.jobs.get(job.id)


async def test_a_job_is_stored_with_the_change_that_causes_it(uow: UnitOfWorkFactory) -> None:
    user = a_user()
    async with uow() as unit:
        unit.users.add(user)
        unit.jobs.add(a_job())
        await unit.commit()
    assert await stored(uow, a_job()) == a_job()
    async with uow() as unit:
        assert await unit.users.get(user.id) == user


async def test_what_is_not_committed_leaves_no_job(uow: UnitOfWorkFactory) -> None:
    async with uow() as unit:
        unit.jobs.add(a_job())
    assert await stored(uow, a_job()) is None


async def test_a_stale_commit_leaves_no_job(uow: UnitOfWorkFactory) -> None:
    user = a_user()
    async with uow() as unit:
        unit.jobs.add(a_job())
        unit.users.save(user)
        with pytest.raises(Stale):
            await unit.commit()
    assert await stored(uow, a_job()) is None


async def test_a_duplicate_job_is_stored_once_and_the_other_writes_are_stored(
    uow: UnitOfWorkFactory,
) -> None:
    await enqueue(uow, a_job(), a_job())
    other = a_job(payload={"booking_id": "another"})
    user = a_user()
    async with uow() as unit:
        unit.users.add(user)
        unit.jobs.add(other)
        await unit.commit()
    assert await stored(uow, a_job()) == a_job()
    async with uow() as unit:
        assert await unit.users.get(user.id) == user


async def test_enqueueing_a_done_or_dead_job_again_does_not_restart_it(
    uow: UnitOfWorkFactory,
) -> None:
    await enqueue(uow, a_job("a"), a_job("b"))
    await settle(uow, (await claim(uow)).finished(at=MONDAY))
    await settle(uow, (await claim(uow)).failed("No.", at=MONDAY))
    await enqueue(uow, a_job("a"), a_job("b"))
    assert await try_to_claim(uow) is None


async def test_the_job_due_for_longest_is_claimed_first_and_none_before_its_time(
    uow: UnitOfWorkFactory,
) -> None:
    await enqueue(
        uow,
        a_job("later", due_at=MONDAY + SECOND),
        a_job("first", due_at=MONDAY - SECOND),
        a_job("now"),
    )
    assert (await claim(uow)).id == "mail/first"
    assert (await claim(uow)).id == "mail/now"
    assert await try_to_claim(uow) is None
    assert (await claim(uow, SECOND)).id == "mail/later"


async def test_kinds_that_are_not_requested_are_not_claimed(uow: UnitOfWorkFactory) -> None:
    await enqueue(uow, a_job(kind="newer"))
    assert await try_to_claim(uow) is None
    assert await try_to_claim(uow, "mail", "newer") is not None


async def test_a_claimed_job_belongs_to_its_worker_until_the_lease_expires(
    uow: UnitOfWorkFactory,
) -> None:
    await enqueue(uow, a_job())
    first = await claim(uow)
    assert (first.attempts, first.due_at, first.payload) == (1, MONDAY + LEASE, a_job().payload)
    assert await try_to_claim(uow, late=LEASE - SECOND) is None
    second = await claim(uow, LEASE)
    assert (second.attempts, second.version) == (2, first.version + 1)


@pytest.mark.parametrize("how", ["finished", "put off", "given up"])
async def test_a_worker_whose_lease_expired_cannot_settle_the_job(
    uow: UnitOfWorkFactory, how: str
) -> None:
    await enqueue(uow, a_job())
    first = await claim(uow)
    second = await claim(uow, LEASE)
    late = {
        "finished": first.finished(at=MONDAY),
        "put off": first.rescheduled("Too late.", until=MONDAY),
        "given up": first.failed("Too late.", at=MONDAY),
    }
    with pytest.raises(Stale):
        await settle(uow, late[how])
    assert await stored(uow, second) == second
    await settle(uow, second.finished(at=MONDAY))


async def test_a_rescheduled_job_is_claimed_again_and_a_dead_one_after_a_retry(
    uow: UnitOfWorkFactory,
) -> None:
    await enqueue(uow, a_job())
    await settle(uow, (await claim(uow)).rescheduled("Away.", until=MONDAY + SECOND))
    assert await try_to_claim(uow) is None
    again = await claim(uow, SECOND)
    assert (again.attempts, again.last_error) == (2, "Away.")
    dead = again.failed("No.", at=MONDAY)
    await settle(uow, dead)
    assert await try_to_claim(uow, late=LEASE) is None
    await settle(uow, dead.requeued(at=MONDAY))
    assert (await claim(uow)).attempts == 1


async def test_lists_and_counts_contain_the_unfinished_jobs(uow: UnitOfWorkFactory) -> None:
    await enqueue(uow, a_job("a"), a_job("b"), a_job("c"), a_job("d", kind="other"))
    await settle(uow, (await claim(uow)).finished(at=MONDAY))
    dead = (await claim(uow)).failed("No.", at=MONDAY)
    await settle(uow, dead)
    async with uow() as unit:
        assert await unit.jobs.unfinished(only_failed=True, limit=10) == [dead]
        everything = await unit.jobs.unfinished(only_failed=False, limit=10)
        assert len(everything) == 3
        assert await unit.jobs.unfinished(only_failed=False, limit=2) == everything[:2]
        assert await unit.jobs.counts() == [JobCounts("mail", 1, 1), JobCounts("other", 1, 0)]


async def test_only_jobs_done_long_ago_are_deleted(uow: UnitOfWorkFactory) -> None:
    await enqueue(uow, a_job("a"), a_job("b"), a_job("c"), a_job("d"))
    await settle(uow, (await claim(uow)).finished(at=MONDAY))
    await settle(uow, (await claim(uow)).finished(at=MONDAY + SECOND))
    await settle(uow, (await claim(uow)).failed("No.", at=MONDAY))
    async with uow() as unit:
        assert await unit.jobs.purge(finished_before=MONDAY + SECOND, limit=10) == 1
        assert await unit.jobs.purge(finished_before=MONDAY + 2 * SECOND, limit=0) == 0
        assert len(await unit.jobs.unfinished(only_failed=False, limit=10)) == 2


async def test_of_concurrent_claims_no_two_get_the_same_job(uow: UnitOfWorkFactory) -> None:
    jobs = [a_job(str(number)) for number in range(40)]
    await enqueue(uow, *jobs)

    async def claim_all() -> list[JobId]:
        claimed = []
        while job := await try_to_claim(uow):
            claimed.append(job.id)
        return claimed

    claimed = [
        job_id for some in await asyncio.gather(*(claim_all() for _ in range(8))) for job_id in some
    ]
    assert sorted(claimed) == sorted(job.id for job in jobs)


async def test_a_tick_is_claimed_once_and_the_next_when_it_is_due(
    uow: UnitOfWorkFactory,
) -> None:
    async def tick(name: str, late: timedelta = timedelta()) -> bool:
        async with uow() as unit:
            return await unit.task_leases.acquire(name, every=10 * SECOND, at=MONDAY + late)

    assert sum(await asyncio.gather(*(tick("sweep") for _ in range(8)))) == 1
    assert await tick("another")
    assert not await tick("sweep", 9 * SECOND)
    assert sum(await asyncio.gather(*(tick("sweep", 10 * SECOND) for _ in range(8)))) == 1
    assert not await tick("sweep", 19 * SECOND)


async def test_a_tick_is_claimed_once_by_workers_whose_clocks_differ(
    uow: UnitOfWorkFactory,
) -> None:
    async with uow() as unit:
        assert await unit.task_leases.acquire("sweep", every=10 * SECOND, at=MONDAY + SECOND)
        assert not await unit.task_leases.acquire("sweep", every=10 * SECOND, at=MONDAY)


async def test_a_tick_set_far_ahead_by_a_wrong_clock_is_ignored(
    uow: UnitOfWorkFactory,
) -> None:
    async with uow() as unit:
        assert await unit.task_leases.acquire(
            "sweep", every=SECOND, at=MONDAY + timedelta(days=365)
        )
        assert await unit.task_leases.acquire("sweep", every=SECOND, at=MONDAY)


async def test_enqueueing_a_job_with_a_commit_takes_no_extra_statement(
    empty_database_18: str,
) -> None:
    database = await PostgresDatabase.connect(empty_database_18, pool_size=1)
    try:
        async with database.unit_of_work() as unit:
            await unit.users.get(a_user().id)
            sent: list[str] = []
            connection = await unit._connection._acquire()
            connection.add_query_logger(lambda record: sent.append(record.query))
            unit.users.add(a_user())
            unit.jobs.add(a_job())
            await unit.commit()
            await asyncio.sleep(0)
            assert len(sent) == 1
    finally:
        await database.close()
