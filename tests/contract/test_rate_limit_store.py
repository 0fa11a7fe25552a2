"""Throttle: exactly the limit is admitted, whichever process the requests reach."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest

from adapters.memory import MemoryRateLimitStore
from adapters.postgres import PostgresDatabase
from application.ports.rate_limit_store import Attempt, RateLimit, RateLimitStore
from domain.errors import RateLimited
from tests.contract.conftest import POSTGRES_VERSIONS, name, postgres_dsn
from tests.contract.racing import BOUND_SECONDS, finished, is_waiting
from tests.database_pool import POOL_SIZE
from tests.entities import MONDAY

WINDOW = timedelta(minutes=15)
LIMIT = RateLimit(3, WINDOW)
MICROSECOND = timedelta(microseconds=1)
KEY = "login \u2615 192.0.2.1"


@pytest.fixture(params=[None, *POSTGRES_VERSIONS], ids=name)
async def throttles(
    request: pytest.FixtureRequest,
) -> AsyncIterator[tuple[RateLimitStore, RateLimitStore]]:
    """Two that share their counts, as two processes do; in memory it is one."""
    if request.param is None:
        memory = MemoryRateLimitStore()
        yield memory, memory
        return
    dsn = postgres_dsn(request, request.param)
    async with AsyncExitStack() as stack:
        databases = [await PostgresDatabase.connect(dsn, pool_size=POOL_SIZE) for _ in range(2)]
        for database in databases:
            stack.push_async_callback(database.close)
        yield databases[0].rate_limit_store, databases[1].rate_limit_store


@pytest.fixture
def rate_limit_store(throttles: tuple[RateLimitStore, RateLimitStore]) -> RateLimitStore:
    return throttles[0]


async def begin(rate_limit_store: RateLimitStore, at: datetime = MONDAY, key: str = KEY) -> Attempt:
    return await rate_limit_store.reserve(key, LIMIT, at=at)


async def fail(rate_limit_store: RateLimitStore, times: int = 1, at: datetime = MONDAY) -> None:
    for _ in range(times):
        await rate_limit_store.commit(await begin(rate_limit_store, at))


async def let_through(calls: Iterable[Coroutine[Any, Any, object]]) -> int:
    """Start all calls at once. Returns how many are admitted; the others raise `RateLimited`."""
    async with asyncio.timeout(BOUND_SECONDS):
        results = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(result) for result in results if isinstance(result, BaseException)} <= {
        RateLimited
    }
    return sum(not isinstance(result, BaseException) for result in results)


async def test_exactly_the_limit_is_counted_until_the_window_is_over(
    throttles: tuple[RateLimitStore, RateLimitStore],
) -> None:
    first, second = throttles
    await first.hit(KEY, LIMIT, at=MONDAY)
    await second.hit(KEY, LIMIT, at=MONDAY + timedelta(minutes=14))
    await first.hit(KEY, LIMIT, at=MONDAY + timedelta(minutes=14))
    for rate_limit_store in throttles:
        with pytest.raises(RateLimited) as refused:
            await rate_limit_store.hit(KEY, LIMIT, at=MONDAY + WINDOW - MICROSECOND)
        assert refused.value.details == {"retry_after": 1}
    await second.hit(KEY, LIMIT, at=MONDAY + WINDOW)


async def test_a_refusal_gives_the_seconds_until_the_window_is_over(
    rate_limit_store: RateLimitStore,
) -> None:
    await fail(rate_limit_store, 3)
    for seconds, expected in ((0, 900), (0.5, 900), (1, 899), (899.1, 1)):
        with pytest.raises(RateLimited) as refused:
            await begin(rate_limit_store, MONDAY + timedelta(seconds=seconds))
        assert refused.value.details == {"retry_after": expected}


async def test_keys_are_counted_separately(rate_limit_store: RateLimitStore) -> None:
    await fail(rate_limit_store, 3)
    await begin(rate_limit_store, key="another")
    await rate_limit_store.hit("a third", LIMIT, at=MONDAY)


async def test_only_failures_count(rate_limit_store: RateLimitStore) -> None:
    for _ in range(10):
        await rate_limit_store.release(await begin(rate_limit_store))
    await fail(rate_limit_store, 2)
    for _ in range(10):
        await rate_limit_store.release(await begin(rate_limit_store))
    await fail(rate_limit_store)
    with pytest.raises(RateLimited):
        await begin(rate_limit_store)


async def test_the_window_opens_with_the_first_counted_attempt(
    rate_limit_store: RateLimitStore,
) -> None:
    await rate_limit_store.release(await begin(rate_limit_store, MONDAY))
    later = MONDAY + timedelta(minutes=10)
    await fail(rate_limit_store, 3, later)
    with pytest.raises(RateLimited):
        await begin(rate_limit_store, later + WINDOW - MICROSECOND)
    await begin(rate_limit_store, later + WINDOW)


async def test_an_outcome_after_its_window_is_not_counted(rate_limit_store: RateLimitStore) -> None:
    early = [await begin(rate_limit_store) for _ in range(2)]
    now = MONDAY + WINDOW
    await fail(rate_limit_store, 2, now)
    await rate_limit_store.release(early[0])
    await rate_limit_store.commit(early[1])
    await rate_limit_store.commit(early[1])
    await fail(rate_limit_store, 1, now)
    with pytest.raises(RateLimited):
        await begin(rate_limit_store, now)


async def test_while_outcomes_are_pending_others_wait_for_them(
    throttles: tuple[RateLimitStore, RateLimitStore],
) -> None:
    first, second = throttles
    attempts = [await begin(first) for _ in range(3)]
    waiting = asyncio.create_task(begin(second))
    assert await is_waiting(waiting)
    await first.release(attempts[0])
    await finished(waiting)


async def test_a_waiting_attempt_is_refused_when_the_others_have_failed(
    throttles: tuple[RateLimitStore, RateLimitStore],
) -> None:
    first, second = throttles
    attempts = [await begin(first) for _ in range(3)]
    waiting = [asyncio.create_task(begin(each)) for each in (first, first, second, second)]
    assert await is_waiting(waiting[0])
    for attempt in attempts:
        await first.commit(attempt)
    for task in waiting:
        with pytest.raises(RateLimited) as refused:
            await finished(task)
        assert refused.value.details == {"retry_after": 900}


async def test_waiting_for_an_outcome_that_never_arrives_ends_soon(
    rate_limit_store: RateLimitStore,
) -> None:
    for _ in range(3):
        await begin(rate_limit_store)
    async with asyncio.timeout(BOUND_SECONDS):
        with pytest.raises(RateLimited) as refused:
            await begin(rate_limit_store)
    assert refused.value.details == {"retry_after": 1}


async def test_of_concurrent_attempts_exactly_the_limit_is_counted(
    throttles: tuple[RateLimitStore, RateLimitStore],
) -> None:
    calls = (throttles[n % 2].hit(KEY, LIMIT, at=MONDAY) for n in range(200))
    assert await let_through(calls) == LIMIT.max_attempts


async def test_of_concurrent_failures_exactly_the_limit_is_admitted(
    throttles: tuple[RateLimitStore, RateLimitStore],
) -> None:
    assert await let_through(fail(throttles[n % 2]) for n in range(200)) == LIMIT.max_attempts


async def test_concurrent_successes_are_all_admitted_a_few_at_a_time(
    throttles: tuple[RateLimitStore, RateLimitStore],
) -> None:
    running, max_running = 0, 0

    async def succeed(rate_limit_store: RateLimitStore) -> None:
        nonlocal running, max_running
        attempt = await begin(rate_limit_store)
        running += 1
        max_running = max(max_running, running)
        await asyncio.sleep(0)
        running -= 1
        await rate_limit_store.release(attempt)

    assert await let_through(succeed(throttles[n % 2]) for n in range(60)) == 60
    assert max_running <= LIMIT.max_attempts
