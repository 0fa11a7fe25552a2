"""The number of statements of each hot call: a round trip costs more than the code around it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import asyncpg
import pytest
from httpx import Response

from tests.http.service import PASSWORD, Person, Service, at, booking_body, running_service

ROUND_TRIPS = {
    "one space": 2,
    "all spaces": 2,
    "one space, anonymous": 1,
    "availability": 2,
    "a page of bookings": 2,
    "one booking": 2,
    "create": 3,
    "create with a key": 4,
    "create again with the key": 2,
    "create where it is taken": 3,
    "occupancy": 9,
    "login": 5,
}
"""Includes the one that looks up the caller's user and session with each request."""
MAX_TRIES = 100


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record each statement sent to the database from here on."""
    statements: list[str] = []

    async def listen(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        connection.add_query_logger(lambda query: statements.append(query.query))

    monkeypatch.setattr(asyncpg, "create_pool", partial(asyncpg.create_pool, init=listen))
    return statements


@pytest.fixture
async def counted_service(sent: list[str], empty_database_18: str) -> AsyncIterator[Service]:
    async with running_service(empty_database_18) as service:
        yield service


async def test_no_hot_call_makes_more_round_trips_than_it_needs(
    counted_service: Service, sent: list[str]
) -> None:
    member, admin = await counted_service.a_person(), await counted_service.an_admin()
    space = await counted_service.a_space()
    booked = await member.book(space, 9, 10)
    path = f"/api/spaces/{space['id']}"
    month = f"{path}/availability?start_time={at(0)}&end_time={at(30 * 24)}"
    days = "start_date=2026-03-01&end_date=2026-03-30"
    idempotency = {"Idempotency-Key": "once"}
    calls: dict[str, Callable[[], Awaitable[Response]]] = {
        "one space": lambda: member.get(path),
        "all spaces": lambda: member.get("/api/spaces?limit=200"),
        "one space, anonymous": lambda: counted_service.anonymous.get(path),
        "availability": lambda: member.get(month),
        "a page of bookings": lambda: member.get("/api/bookings?limit=50"),
        "one booking": lambda: member.get(f"/api/bookings/{booked['id']}"),
        "create": lambda: create_booking(member, space, 11),
        "create with a key": lambda: create_booking(member, space, 13, headers=idempotency),
        "create again with the key": lambda: create_booking(member, space, 13, headers=idempotency),
        "create where it is taken": lambda: create_booking(member, space, 9),
        "occupancy": lambda: admin.get(f"/api/analytics/occupancy?{days}"),
        "login": lambda: log_in(member),
    }
    # On a new connection asyncpg queries the types it encounters once.
    await count_of(sent, lambda: member.get("/api/bookings"))
    assert {name: await count_of(sent, call) for name, call in calls.items()} == ROUND_TRIPS


async def test_a_cached_report_takes_one_query_that_checks_its_validity(
    counted_service: Service, sent: list[str]
) -> None:
    admin = await counted_service.an_admin()
    report = "/api/analytics/occupancy?start_date=2026-03-01&end_date=2026-03-02"
    see_report = partial(admin.get, report)
    fewest = MAX_TRIES
    # Any write on the server invalidates the cache, and other tests write there as well.
    for _ in range(MAX_TRIES):
        fewest = min(fewest, await count_of(sent, see_report))
        if fewest <= 2:
            break
    assert fewest == 2


async def count_of(sent: list[str], call: Callable[[], Awaitable[Response]]) -> int:
    """Return how many statements a call sends."""
    sent.clear()
    response = await call()
    assert response.status_code in (200, 201, 409), response.text
    # asyncpg reports a statement in the event loop's next iteration.
    await asyncio.sleep(0)
    return len(sent)


async def create_booking(
    person: Person, space: dict[str, Any], hour: float, **options: Any
) -> Response:
    body = booking_body(space, hour, hour + 1)
    return await person.post("/api/bookings", json=body, **options)


async def log_in(person: Person) -> Response:
    body = {"email": person.email, "password": PASSWORD}
    return await person.service.anonymous.post("/auth/login", json=body)
