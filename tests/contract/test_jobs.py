"""Jobs and ticks: noted with what they follow from, taken by one, told of by nobody else."""

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
    return replace(job, **changes)  # type: ignore[arg-type]  # a test names what it changes


async def noted(uow: UnitOfWorkFactory, *jobs: Job) -> None:
    async with uow() as unit:
        for job in jobs:
            unit.jobs.add(job)
        await unit.commit()


async def take(uow: UnitOfWorkFactory, *kinds: str, late: timedelta = timedelta()) -> Job | None:
    async with uow() as unit:
        return await unit.jobs.claim(kinds or KINDS, at=MONDAY + late, lease=LEASE)


async def taken(uow: UnitOfWorkFactory, late: timedelta = timedelta()) -> Job:
    job = await take(uow, late=late)
    assert job is not None
    return job


async def told(uow: UnitOfWorkFactory, job: Job) -> None:
    async with uow() as unit:
        unit.jobs.save(job)
        await unit.commit()


async def stored(uow: UnitOfWorkFactory, job: Job) -> Job | None:
    async with uow() as unit:
        return await unit.jobs.get(job.id)


async def test_a_job_is_stored_with_what_it_follows_from(uow: UnitOfWorkFactory) -> None:
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


async def test_a_commit_that_is_stale_leaves_no_job(uow: UnitOfWorkFactory) -> None:
    user = a_user()
    async with uow() as unit:
        unit.jobs.add(a_job())
        unit.users.save(user)
        with pytest.raises(Stale):
            await unit.commit()
    assert await stored(uow, a_job()) is None


async def test_what_is_noted_twice_is_one_job_and_the_rest_is_written(
    uow: UnitOfWorkFactory,
) -> None:
    await noted(uow, a_job(), a_job())
    other = a_job(payload={"booking_id": "another"})
    user = a_user()
    async with uow() as unit:
        unit.users.add(user)
        unit.jobs.add(other)
        await unit.commit()
    assert await stored(uow, a_job()) == a_job()
    async with uow() as unit:
        assert await unit.users.get(user.id) == user


async def test_what_is_done_or_given_up_is_not_begun_anew_by_noting_it(
    uow: UnitOfWorkFactory,
) -> None:
    await noted(uow, a_job("a"), a_job("b"))
    await told(uow, (await taken(uow)).finished(at=MONDAY))
    await told(uow, (await taken(uow)).given_up("No.", at=MONDAY))
    await noted(uow, a_job("a"), a_job("b"))
    assert await take(uow) is None


async def test_the_one_due_for_longest_is_taken_first_and_none_before_its_time(
    uow: UnitOfWorkFactory,
) -> None:
    await noted(
        uow,
        a_job("later", due_at=MONDAY + SECOND),
        a_job("first", due_at=MONDAY - SECOND),
        a_job("now"),
    )
    assert (await taken(uow)).id == "mail/first"
    assert (await taken(uow)).id == "mail/now"
    assert await take(uow) is None
    assert (await taken(uow, SECOND)).id == "mail/later"


async def test_kinds_that_nobody_asks_for_wait(uow: UnitOfWorkFactory) -> None:
    await noted(uow, a_job(kind="newer"))
    assert await take(uow) is None
    assert await take(uow, "mail", "newer") is not None


async def test_a_taken_job_is_its_takers_until_the_lease_is_over(uow: UnitOfWorkFactory) -> None:
    await noted(uow, a_job())
    first = await taken(uow)
    assert (first.attempts, first.due_at, first.payload) == (1, MONDAY + LEASE, a_job().payload)
    assert await take(uow, late=LEASE - SECOND) is None
    second = await taken(uow, LEASE)
    assert (second.attempts, second.version) == (2, first.version + 1)


@pytest.mark.parametrize("how", ["finished", "put off", "given up"])
async def test_who_was_taken_for_dead_cannot_speak_for_who_took_over(
    uow: UnitOfWorkFactory, how: str
) -> None:
    await noted(uow, a_job())
    first = await taken(uow)
    second = await taken(uow, LEASE)
    late = {
        "finished": first.finished(at=MONDAY),
        "put off": first.put_off("Too late.", until=MONDAY),
        "given up": first.given_up("Too late.", at=MONDAY),
    }
    with pytest.raises(Stale):
        await told(uow, late[how])
    assert await stored(uow, second) == second
    await told(uow, second.finished(at=MONDAY))


async def test_a_job_that_was_put_off_comes_back_and_a_given_up_one_when_it_is_revived(
    uow: UnitOfWorkFactory,
) -> None:
    await noted(uow, a_job())
    await told(uow, (await taken(uow)).put_off("Away.", until=MONDAY + SECOND))
    assert await take(uow) is None
    again = await taken(uow, SECOND)
    assert (again.attempts, again.last_error) == (2, "Away.")
    given_up = again.given_up("No.", at=MONDAY)
    await told(uow, given_up)
    assert await take(uow, late=LEASE) is None
    await told(uow, given_up.revived(at=MONDAY))
    assert (await taken(uow)).attempts == 1


async def test_lists_and_counts_tell_what_is_not_done(uow: UnitOfWorkFactory) -> None:
    await noted(uow, a_job("a"), a_job("b"), a_job("c"), a_job("d", kind="other"))
    await told(uow, (await taken(uow)).finished(at=MONDAY))
    given_up = (await taken(uow)).given_up("No.", at=MONDAY)
    await told(uow, given_up)
    async with uow() as unit:
        assert await unit.jobs.unfinished(only_given_up=True, limit=10) == [given_up]
        everything = await unit.jobs.unfinished(only_given_up=False, limit=10)
        assert len(everything) == 3
        assert await unit.jobs.unfinished(only_given_up=False, limit=2) == everything[:2]
        assert await unit.jobs.counts() == [JobCounts("mail", 1, 1), JobCounts("other", 1, 0)]


async def test_only_what_was_done_long_ago_is_forgotten(uow: UnitOfWorkFactory) -> None:
    await noted(uow, a_job("a"), a_job("b"), a_job("c"), a_job("d"))
    await told(uow, (await taken(uow)).finished(at=MONDAY))
    await told(uow, (await taken(uow)).finished(at=MONDAY + SECOND))
    await told(uow, (await taken(uow)).given_up("No.", at=MONDAY))
    async with uow() as unit:
        assert await unit.jobs.purge(finished_before=MONDAY + SECOND, limit=10) == 1
        assert await unit.jobs.purge(finished_before=MONDAY + 2 * SECOND, limit=0) == 0
        assert len(await unit.jobs.unfinished(only_given_up=False, limit=10)) == 2


async def test_of_many_who_take_at_once_no_two_get_the_same(uow: UnitOfWorkFactory) -> None:
    jobs = [a_job(str(number)) for number in range(40)]
    await noted(uow, *jobs)

    async def takes() -> list[JobId]:
        got = []
        while job := await take(uow):
            got.append(job.id)
        return got

    got = [one for some in await asyncio.gather(*(takes() for _ in range(8))) for one in some]
    assert sorted(got) == sorted(job.id for job in jobs)


async def test_a_tick_is_taken_once_and_the_next_when_its_time_has_come(
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


async def test_a_tick_is_taken_once_by_workers_whose_clocks_differ(uow: UnitOfWorkFactory) -> None:
    async with uow() as unit:
        assert await unit.task_leases.acquire("sweep", every=10 * SECOND, at=MONDAY + SECOND)
        assert not await unit.task_leases.acquire("sweep", every=10 * SECOND, at=MONDAY)


async def test_a_tick_that_a_wrong_clock_set_far_ahead_is_not_waited_for(
    uow: UnitOfWorkFactory,
) -> None:
    async with uow() as unit:
        assert await unit.task_leases.acquire(
            "sweep", every=SECOND, at=MONDAY + timedelta(days=365)
        )
        assert await unit.task_leases.acquire("sweep", every=SECOND, at=MONDAY)


async def test_noting_a_job_with_a_commit_costs_no_statement_more(
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
