"""What the booking engine promises to concurrent callers, on PostgreSQL."""

import asyncio
from time import monotonic

import pytest

from application.bookings.cancel_booking import Cancellation
from domain.audit import AuditEvent
from domain.bookings import OCCUPYING_STATUSES, BookingStatus
from domain.errors import BookingConflict
from domain.invoices import InvoiceStatus
from domain.money import ZERO, Money
from tests.entities import MONDAY, hours
from tests.unit.application.keyed_requests import book_once
from tests.unit.application.racing import outcomes
from tests.unit.application.world import World

ROUNDS = 50
DEADLOCK_TIMEOUT = 1
"""PostgreSQL's deadlock timeout: a call that runs into a deadlock takes at least this long."""


async def test_concurrent_swaps_of_two_rooms_never_deadlock(world: World) -> None:
    members = [await world.a_caller(), await world.a_caller()]
    rooms = [await world.a_space(), await world.a_space()]
    for n in range(ROUNDS):
        bookings = [
            await world.book(member, room, 9 + n, 10 + n)
            for member, room in zip(members, rooms, strict=True)
        ]
        began = monotonic()
        ended = await outcomes(
            world.change_booking(member, booking.id, {"space_id": room.id})
            for member, booking, room in zip(members, bookings, reversed(rooms), strict=True)
        )
        assert monotonic() - began < DEADLOCK_TIMEOUT
        assert set(ended) <= {"Booking", "BookingConflict"}


async def test_concurrent_moves_between_zones_all_get_a_desk(world: World) -> None:
    members = [await world.a_caller() for _ in range(20)]
    zones = [await world.a_zone(20), await world.a_zone(20)]
    bookings = [await world.book(member, zones[n % 2], 9, 10) for n, member in enumerate(members)]
    began = monotonic()
    ended = await outcomes(
        world.change_booking(member, booking.id, {"space_id": zones[(n + 1) % 2].id})
        for n, (member, booking) in enumerate(zip(members, bookings, strict=True))
    )
    assert ended == {"Booking": 20}
    assert monotonic() - began < 2 * DEADLOCK_TIMEOUT
    for zone in zones:
        desks = [occupation.desk for occupation in (await world.schedule(zone)).occupations]
        assert len(desks) == len(set(desks)) == 10


async def test_concurrent_moves_and_bookings_of_one_slot_leave_exactly_one_there(
    world: World,
) -> None:
    room, others = await world.a_space(), [await world.a_space() for _ in range(10)]
    members = [await world.a_caller() for _ in range(20)]
    movers = [
        (member, await world.book(member, other, 9, 10))
        for member, other in zip(members, others, strict=False)
    ]
    ended = await outcomes(
        [
            *(
                world.change_booking(member, booking.id, {"space_id": room.id})
                for member, booking in movers
            ),
            *(world.book(member, room, 9, 10) for member in members[10:]),
        ]
    )
    assert ended == {"Booking": 1, "BookingConflict": 19}
    assert len((await world.schedule(room)).occupations) == 1


async def test_no_concurrent_change_of_a_booking_is_lost(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    for n in range(ROUNDS):
        ended = await outcomes(
            [
                world.move(member, booking, 10 + n, 11 + n),
                world.change_booking(member, booking.id, {"notes": str(n)}),
            ]
        )
        assert ended == {"Booking": 2}
    stored = await world.booking(booking.id)
    assert (stored.period, stored.notes) == (hours(9 + ROUNDS, 10 + ROUNDS), str(ROUNDS - 1))
    assert stored.version == 1 + 2 * ROUNDS


async def test_of_concurrent_changes_that_expect_one_version_exactly_one_succeeds(
    world: World,
) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    ended = await outcomes(
        world.change_booking(member, booking.id, {"notes": str(n)}, 1) for n in range(20)
    )
    assert ended == {"Booking": 1, "VersionMismatch": 19}


@pytest.mark.parametrize("desks", [1, 40])
async def test_of_32_concurrent_requests_with_one_key_one_books_and_all_get_its_response(
    world: World, desks: int
) -> None:
    member, zone = await world.a_caller(), await world.a_zone(desks)
    answers = await asyncio.gather(*(book_once(world, member, "k", zone, 9, 10) for _ in range(32)))
    assert {answer.response.body for answer in answers} == {answers[0].response.body}
    assert sum(not answer.is_replayed for answer in answers) == 1
    assert len(await world.audit_entries(event=AuditEvent.BOOKING_CREATED)) == 1
    assert len((await world.schedule(zone)).occupations) == 1


async def test_keys_of_concurrent_users_are_independent(world: World) -> None:
    members, zone = [await world.a_caller() for _ in range(10)], await world.a_zone(10)
    answers = await asyncio.gather(
        *(book_once(world, member, "k", zone, 9, 10) for member in members for _ in range(3))
    )
    assert len({answer.response.body for answer in answers}) == 10
    assert len((await world.schedule(zone)).occupations) == 10


async def test_concurrent_refusals_with_one_key_all_get_one_response(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    await world.book(member, room, 9, 10)
    answers = await asyncio.gather(*(book_once(world, member, "k", room, 9, 10) for _ in range(16)))
    assert {answer.response.body for answer in answers} == {b"booking_conflict"}
    assert sum(not answer.is_replayed for answer in answers) == 1


async def test_of_concurrent_bookings_of_a_subscriber_exactly_one_is_covered(world: World) -> None:
    zones = [await world.a_zone(30), await world.a_zone(30)]
    for n in range(10):
        member = await world.a_caller()
        await world.a_plan(member)
        bookings = await asyncio.gather(
            *(world.book(member, zone, 9 + n, 10 + n) for zone in zones for _ in range(2))
        )
        assert sum(booking.covered_by_plan for booking in bookings) == 1
        assert sum(booking.amount == ZERO for booking in bookings) == 1


async def test_a_concurrent_move_and_booking_are_not_both_covered(world: World) -> None:
    zone = await world.a_zone(30)
    for n in range(10):
        member = await world.a_caller()
        await world.a_plan(member)
        first = await world.book(member, zone, 100 + n, 101 + n)
        moved, second = await asyncio.gather(
            world.move(member, first, 9 + n, 10 + n), world.book(member, zone, 9 + n, 10 + n)
        )
        assert {moved.covered_by_plan, second.covered_by_plan} == {True, False}


async def test_of_twenty_requests_for_a_slot_with_an_expired_hold_exactly_one_gets_it(
    paying_world: World,
) -> None:
    world = paying_world
    members, room = [await world.a_caller() for _ in range(20)], await world.a_space()
    held = await world.book(members[0], room, 10, 11)
    world.clock.advance(world.house.booking_hold)
    ended = await outcomes(
        [
            *(world.book(member, room, 10, 11) for member in members),
            world.expire_holds(),
            world.expire_holds(),
        ]
    )
    assert ended == {"Booking": 1, "BookingConflict": 19, "int": 2}
    assert (await world.booking(held.id)).status is BookingStatus.CANCELLED
    assert len(await world.audit_entries(event=AuditEvent.BOOKING_EXPIRED)) == 1


async def test_an_expired_hold_is_confirmed_or_taken_over_and_never_both(
    paying_world: World,
) -> None:
    world = paying_world
    admin, member, room = await world.an_admin(), await world.a_caller(), await world.a_space()
    for n in range(20):
        held = await world.book(member, room, 10 + n, 11 + n)
        world.clock.advance(world.house.booking_hold)
        ended = await outcomes(
            [
                world.confirm_booking(admin, held.id),
                world.book(member, room, 10 + n, 11 + n),
                world.expire_holds(),
            ]
        )
        # One of the two gets it, unless the sweep released it before the first and the second lost
        # the race.
        assert ended["Booking"] == 1
        world.set_time(8)
    occupations = (await world.schedule(room)).occupations
    assert len(occupations) == len({occupation.period for occupation in occupations})


async def test_concurrent_sweeps_mark_each_no_show_once(world: World) -> None:
    member, zone = await world.a_caller(), await world.a_zone(30)
    for _ in range(30):
        await world.book(member, zone, 9, 10)
    world.set_time(10)
    counts = await asyncio.gather(*(world.mark_no_shows() for _ in range(8)))
    assert sum(counts) == 30
    assert len(await world.audit_entries(event=AuditEvent.BOOKING_NO_SHOW)) == 30


async def test_a_space_deleted_while_bookings_move_there_keeps_none_of_them(world: World) -> None:
    admin = await world.an_admin()
    for n in range(10):
        room, other = await world.a_space(), await world.a_space()
        members = [await world.a_caller() for _ in range(3)]
        bookings = [
            await world.book(member, other, 9 + i, 10 + i) for i, member in enumerate(members)
        ]
        ended = await outcomes(
            [
                *(
                    world.change_booking(member, booking.id, {"space_id": room.id})
                    for member, booking in zip(members, bookings, strict=True)
                ),
                world.delete_space(admin, room.id, cancel_bookings=True),
            ]
        )
        assert set(ended) <= {"Booking", "NotFound", "NoneType"}, n
        assert (await world.schedule(room)).occupations == ()


async def test_a_booking_concurrently_moved_and_cancelled_owes_at_most_one_invoice(
    world: World,
) -> None:
    member, room = await world.a_caller(), await world.a_space()
    for n in range(20):
        booking = await world.book(member, room, 40 + n, 41 + n)
        await outcomes(
            [
                world.move(member, booking, 100 + n, 102 + n),
                world.cancel_booking(member, booking.id, Cancellation()),
            ]
        )
        stored, invoice = await world.booking(booking.id), await world.invoice(booking)
        assert invoice is not None
        assert stored.status is BookingStatus.CANCELLED
        assert invoice.status is InvoiceStatus.VOID


async def test_an_issued_invoice_is_voided_and_replaced_in_one_commit(world: World) -> None:
    member, room, other = await world.a_caller(), await world.a_space(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    for n in range(5):
        space = other if n % 2 else room
        await world.move(member, booking, 10 + n, 12 + n, space_id=space.id)
    invoice = await world.invoice(booking)
    assert invoice is not None
    assert (invoice.status, invoice.amount) == (InvoiceStatus.OPEN, Money(20_00))
    assert invoice.space_id == (await world.booking(booking.id)).space_id


async def test_after_mixed_concurrent_calls_no_desk_is_double_booked(world: World) -> None:
    zone = await world.a_zone(3)
    members = [await world.a_caller() for _ in range(12)]

    async def check_in_and_out(n: int) -> None:
        for step in range(6):
            start = 9 + (n + step) % 5 / 2
            try:
                booking = await world.book(members[n], zone, start, start + 1)
                booking = await world.move(members[n], booking, start + 1, start + 2.5)
                if (n + step) % 3 == 0:
                    await world.cancel_booking(members[n], booking.id, Cancellation())
            except BookingConflict:
                continue

    async with asyncio.timeout(60):
        await asyncio.gather(*(check_in_and_out(n) for n in range(12)))
    async with world.unit_of_work() as uow:
        bookings = await uow.bookings.upcoming(zone.id, after=MONDAY)
    assert bookings
    for booking in bookings:
        assert booking.status in OCCUPYING_STATUSES
        clash = [
            other
            for other in bookings
            if other.id != booking.id
            and other.desk == booking.desk
            and other.period.overlaps(booking.period)
        ]
        assert clash == []
