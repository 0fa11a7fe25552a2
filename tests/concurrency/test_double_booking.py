"""A desk is never sold twice, however many clients race for it, with two worker processes."""

import asyncio
from statistics import median
from uuid import UUID

import asyncpg

from tests.concurrency.concurrent_clients import CLIENTS, ConcurrentClients, book, slot, tally
from tests.faults.http_connection import Response

ROUNDS = 50
BOOKED = (201, None)
REFUSED = (409, "booking_conflict")
OVERLAPPING_PAIRS = """
SELECT count(*) FROM bookings one JOIN bookings other
ON one.space_id = other.space_id AND one.desk = other.desk AND one.id < other.id
AND one.start_time < other.end_time AND other.start_time < one.end_time
WHERE one.status <> 'CANCELLED' AND other.status <> 'CANCELLED'
"""
WAITING = "SELECT count(*) FROM pg_locks WHERE relation = 'bookings'::regclass AND NOT granted"


def slowest(answers: list[Response]) -> float:
    return max(answer.seconds for answer in answers)


async def test_one_of_64_gets_the_slot_and_63_get_the_reason(clients: ConcurrentClients) -> None:
    person, room = await clients.a_person(), await clients.a_space()
    answers = await clients.at_once(book(person, room, slot(3)) for _ in range(CLIENTS))
    assert tally(answers) == {BOOKED: 1, REFUSED: CLIENTS - 1}
    assert all(len(a.json["alternatives"]) == 3 for a in answers if a.status == 409)


async def test_no_two_of_overlapping_bookings_are_accepted_in_50_rounds(
    clients: ConcurrentClients,
) -> None:
    person, room = await clients.a_person(), await clients.a_space()
    longest = []
    for day in range(2, 2 + ROUNDS):
        answers = await clients.at_once(
            book(person, room, slot(day, minutes=15 * (n % 8), length=120)) for n in range(CLIENTS)
        )
        assert set(tally(answers)) <= {BOOKED, REFUSED}
        assert tally(answers)[BOOKED] == 1
        longest.append(slowest(answers))
    # In a typical round no client waits for a second, even while the machine is busy.
    assert median(longest) < 1
    assert await clients.count(OVERLAPPING_PAIRS) == 0


async def test_a_zone_of_ten_desks_takes_exactly_ten(clients: ConcurrentClients) -> None:
    person = await clients.a_person()
    zone = await clients.a_space(space_type="HOT_DESK", capacity=10)
    answers = await clients.at_once(book(person, zone, slot(3)) for _ in range(CLIENTS))
    assert tally(answers) == {BOOKED: 10, REFUSED: CLIENTS - 10}
    desks = "SELECT count(DISTINCT desk) FROM bookings WHERE space_id = $1"
    assert await clients.count(desks, UUID(zone)) == 10


async def test_without_the_constraint_the_same_race_sells_the_slot_twice(
    clients_without_constraint: ConcurrentClients,
) -> None:
    """Control: without the constraint the same test detects a double booking.

    The table is locked until several requests have read it and want to insert.
    """
    clients = clients_without_constraint
    person, room = await clients.a_person(), await clients.a_space()
    connection = await asyncpg.connect(clients.dsn)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE bookings IN SHARE MODE")
            calls = (book(person, room, slot(3)) for _ in range(CLIENTS))
            booking = asyncio.create_task(clients.at_once(calls))
            while await clients.count(WAITING) < 2:
                assert not booking.done()
                await asyncio.sleep(0.01)
    finally:
        await connection.close()
    assert tally(await booking)[BOOKED] > 1
    assert await clients.count(OVERLAPPING_PAIRS) > 0
