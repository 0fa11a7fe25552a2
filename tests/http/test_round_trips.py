"""How often each hot call asks the database: a round trip more costs more than all of our code."""

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
    "one space, by anybody": 1,
    "availability": 2,
    "a page of bookings": 2,
    "one booking": 2,
    "create": 3,
    "create with a key": 4,
    "create again with the key": 2,
    "create where it is taken": 3,
    "occupancy": 9,
    "log-in": 5,
}
"""That of the caller is among them: user and log-in are looked up with each request."""
MOST_TRIES = 100


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each statement that is sent to the database from here on."""
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
    booked = await member.books(space, 9, 10)
    one = f"/api/spaces/{space['id']}"
    month = f"{one}/availability?start_time={at(0)}&end_time={at(30 * 24)}"
    days = "start_date=2026-03-01&end_date=2026-03-30"
    idempotency = {"Idempotency-Key": "once"}
    calls: dict[str, Callable[[], Awaitable[Response]]] = {
        "one space": lambda: member.get(one),
        "all spaces": lambda: member.get("/api/spaces?limit=200"),
        "one space, by anybody": lambda: counted_service.anybody.get(one),
        "availability": lambda: member.get(month),
        "a page of bookings": lambda: member.get("/api/bookings?limit=50"),
        "one booking": lambda: member.get(f"/api/bookings/{booked['id']}"),
        "create": lambda: creates(member, space, 11),
        "create with a key": lambda: creates(member, space, 13, headers=idempotency),
        "create again with the key": lambda: creates(member, space, 13, headers=idempotency),
        "create where it is taken": lambda: creates(member, space, 9),
        "occupancy": lambda: admin.get(f"/api/analytics/occupancy?{days}"),
        "log-in": lambda: logs_in(member),
    }
    # On a new connection asyncpg asks once about the types that it meets.
    await count_of(sent, lambda: member.get("/api/bookings"))
    assert {name: await count_of(sent, call) for name, call in calls.items()} == ROUND_TRIPS


async def test_a_kept_report_takes_one_look_at_whether_it_still_holds(
    counted_service: Service, sent: list[str]
) -> None:
    admin = await counted_service.an_admin()
    report = "/api/analytics/occupancy?start_date=2026-03-01&end_date=2026-03-02"
    see_report = partial(admin.get, report)
    fewest = MOST_TRIES
    # A write anywhere on the server makes it be read anew, and other tests write there too.
    for _ in range(MOST_TRIES):
        fewest = min(fewest, await count_of(sent, see_report))
        if fewest <= 2:
            break
    assert fewest == 2


async def count_of(sent: list[str], call: Callable[[], Awaitable[Response]]) -> int:
    """How many statements a call sends."""
    sent.clear()
    answer = await call()
    assert answer.status_code in (200, 201, 409), answer.text
    # asyncpg tells of a statement in the event loop's next turn.
    await asyncio.sleep(0)
    return len(sent)


async def creates(person: Person, space: dict[str, Any], hour: float, **options: Any) -> Response:
    body = booking_body(space, hour, hour + 1)
    return await person.post("/api/bookings", json=body, **options)


async def logs_in(person: Person) -> Response:
    body = {"email": person.email, "password": PASSWORD}
    return await person.service.anybody.post("/auth/login", json=body)
