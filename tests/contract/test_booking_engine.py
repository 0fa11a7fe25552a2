"""Moves of bookings, refunds, processed requests and calendar feeds."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest

from application.ports.calendar_feeds import CalendarFeed
from application.ports.idempotency_keys import ProcessedRequest, StoredResponse
from application.ports.unit_of_work import Stale
from domain.bookings import Booking, BookingStatus
from domain.ids import InvoiceId
from domain.invoices import InvoiceStatus
from domain.money import Money
from domain.spaces import Space
from tests.contract.conftest import Store
from tests.entities import (
    HOUR,
    MONDAY,
    a_booking,
    a_refund,
    a_space,
    a_user,
    an_invoice,
    hours,
    save_all,
)

OWNER = a_user()
ROOM, OTHER = a_space(), a_space(name="Attic")
LONG_AGO = MONDAY - timedelta(days=400)


async def move(store: Store, moved: Booking, space: Space) -> None:
    async with store.unit_of_work() as uow:
        await uow.lock_spaces({ROOM.id, OTHER.id})
        uow.bookings.move(moved, space=space)
        await uow.commit()


# Moves


async def test_what_belongs_to_a_booking_moves_with_it(store: Store) -> None:
    booking = a_booking(OWNER, ROOM, hours(9, 10))
    void = an_invoice(booking, status=InvoiceStatus.VOID)
    invoice, refund = an_invoice(booking), a_refund(booking)
    await save_all(store.unit_of_work, OWNER, ROOM, OTHER, booking, void, invoice, refund)
    moved = replace(booking, space_id=OTHER.id, version=2)
    await move(store, moved, OTHER)
    async with store.unit_of_work() as uow:
        assert await uow.bookings.get(booking.id) == moved
        assert await uow.invoices.of_bookings([booking.id]) == {
            booking.id: invoice.in_space(OTHER.id)
        }
        assert await uow.refunds.of_booking(booking.id) == [refund.in_space(OTHER.id)]


async def test_a_move_to_a_space_changed_since_it_was_read_is_stale(store: Store) -> None:
    booking = a_booking(OWNER, ROOM, hours(9, 10))
    await save_all(store.unit_of_work, OWNER, ROOM, OTHER, booking)
    async with store.unit_of_work() as uow:
        uow.spaces.save(OTHER.changed(at=MONDAY, name="Loft"))
        await uow.commit()
    with pytest.raises(Stale):
        await move(store, replace(booking, space_id=OTHER.id, version=2), OTHER)
    async with store.unit_of_work() as uow:
        assert await uow.bookings.get(booking.id) == booking


async def test_a_move_of_a_booking_changed_meanwhile_is_stale(store: Store) -> None:
    booking = a_booking(OWNER, ROOM, hours(9, 10))
    await save_all(store.unit_of_work, OWNER, ROOM, OTHER, booking)
    await move(store, replace(booking, period=hours(10, 11), version=2), ROOM)
    with pytest.raises(Stale):
        await move(store, replace(booking, period=hours(11, 12), version=2), ROOM)


# Invoices


async def test_a_booking_has_one_invoice_that_is_not_void(store: Store) -> None:
    booking = a_booking(OWNER, ROOM, hours(9, 10))
    await save_all(store.unit_of_work, OWNER, ROOM, booking, an_invoice(booking))
    with pytest.raises(Stale):
        await save_all(store.unit_of_work, an_invoice(booking))


async def test_the_invoice_of_a_booking_is_the_one_not_void_or_the_last(store: Store) -> None:
    booking = a_booking(OWNER, ROOM, hours(9, 10))
    void = [an_invoice(booking, status=InvoiceStatus.VOID) for _ in range(3)]
    await save_all(store.unit_of_work, OWNER, ROOM, booking, *void)
    async with store.unit_of_work() as uow:
        assert await uow.invoices.of_bookings([booking.id]) == {booking.id: void[2]}
        # Not the last one created, so that it is not returned for that reason.
        present = an_invoice(booking, id=InvoiceId(UUID(int=1)))
        uow.invoices.add(present)
        await uow.commit()
        assert await uow.invoices.of_bookings([booking.id]) == {booking.id: present}


async def test_an_invoice_is_voided_and_replaced_in_one_commit(store: Store) -> None:
    booking = a_booking(OWNER, ROOM, hours(9, 10))
    issued, another = an_invoice(booking), an_invoice(booking, amount=Money(99))
    await save_all(store.unit_of_work, OWNER, ROOM, booking, issued)
    async with store.unit_of_work() as uow:
        uow.invoices.save(issued.voided())
        uow.invoices.add(another)
        await uow.commit()
        assert await uow.invoices.of_bookings([booking.id]) == {booking.id: another}


# Refunds


async def test_due_refunds_are_those_not_accepted_in_the_order_of_decision(store: Store) -> None:
    booking = a_booking(OWNER, ROOM, hours(9, 10))
    refunds = [a_refund(booking, decided_at=MONDAY - n * HOUR) for n in range(4)]
    await save_all(store.unit_of_work, OWNER, ROOM, booking, *refunds)
    async with store.unit_of_work() as uow:
        uow.refunds.save(refunds[2].accepted(at=MONDAY))
        await uow.commit()
        assert await uow.refunds.due(limit=10) == [refunds[3], refunds[1], refunds[0]]
        assert await uow.refunds.due(limit=1) == [refunds[3]]
        uow.refunds.save(refunds[2].accepted(at=MONDAY))
        with pytest.raises(Stale):
            await uow.commit()


# Queries of the sweeps


async def test_expired_holds_are_returned_in_the_order_of_expiry(store: Store) -> None:
    held = [
        a_booking(
            OWNER,
            ROOM,
            hours(9 + n, 10 + n),
            status=BookingStatus.PENDING,
            hold_expires_at=MONDAY - n * HOUR,
        )
        for n in range(-1, 3)
    ]
    await save_all(store.unit_of_work, OWNER, ROOM, *held, a_booking(OWNER, ROOM, hours(20, 21)))
    async with store.unit_of_work() as uow:
        assert await uow.bookings.expired_holds(at=MONDAY, limit=10) == [held[3], held[2], held[1]]
        assert await uow.bookings.expired_holds(at=MONDAY, limit=1) == [held[3]]


@pytest.mark.parametrize("grace", [timedelta(0), HOUR / 2, timedelta(hours=30)])
async def test_no_shows_follow_the_rule_of_the_domain(store: Store, grace: timedelta) -> None:
    times = product((-60, -30, -1, -0.5, 0), (0.25, 1, 23.75, 24, 25))
    confirmed = [
        a_booking(OWNER, ROOM, hours(start, start + length), desk=desk)
        for desk, (start, length) in enumerate(times, 1)
    ]
    came = a_booking(OWNER, ROOM, hours(-90, -80), status=BookingStatus.COMPLETED)
    await save_all(store.unit_of_work, OWNER, ROOM, *confirmed, came)
    async with store.unit_of_work() as uow:
        no_shows = await uow.bookings.due_no_shows(at=MONDAY, grace=grace, limit=100)
    assert {booking.id for booking in no_shows} == {
        booking.id for booking in confirmed if booking.no_show_from(grace) <= MONDAY
    }


# Processed requests


def answered(key: str, *, status: int = 201, hours_ago: float = 0) -> ProcessedRequest:
    answer = StoredResponse(status, {"Location": "/ö"}, b"\0\xff{}")
    return ProcessedRequest(OWNER.id, key, bytes(32), answer, MONDAY - hours_ago * HOUR)


async def keep(store: Store, request: ProcessedRequest) -> None:
    async with store.unit_of_work() as uow:
        uow.idempotency_keys.add(request, replacing_before=MONDAY - 24 * HOUR)
        await uow.commit()


async def test_a_response_is_stored_byte_for_byte(store: Store) -> None:
    await save_all(store.unit_of_work, OWNER)
    await keep(store, answered("k"))
    async with store.unit_of_work() as uow:
        assert await uow.idempotency_keys.get(OWNER.id, "k") == answered("k")
        assert await uow.idempotency_keys.get(OWNER.id, "K") is None
        assert await uow.idempotency_keys.get(a_user().id, "k") is None


async def test_a_second_response_is_stale_until_the_first_has_expired(store: Store) -> None:
    await save_all(store.unit_of_work, OWNER)
    await keep(store, answered("k", hours_ago=23.9))
    with pytest.raises(Stale):
        await keep(store, answered("k", status=409))
    await keep(store, answered("old", hours_ago=24))
    await keep(store, answered("old", status=409))
    async with store.unit_of_work() as uow:
        assert await uow.idempotency_keys.get(OWNER.id, "old") == answered("old", status=409)


async def test_expired_responses_are_deleted_in_batches(store: Store) -> None:
    await save_all(store.unit_of_work, OWNER)
    for n in range(5):
        await keep(store, answered(str(n), hours_ago=n))
    async with store.unit_of_work() as uow:
        before = MONDAY - 1.5 * HOUR
        assert await uow.idempotency_keys.purge(answered_before=before, limit=2) == 2
        assert await uow.idempotency_keys.purge(answered_before=before, limit=2) == 1
        assert await uow.idempotency_keys.purge(answered_before=before, limit=2) == 0
        left = [await uow.idempotency_keys.get(OWNER.id, str(n)) for n in range(5)]
    assert [request is not None for request in left] == [True, True, False, False, False]


# Calendar feeds


def a_feed(token: int = 1) -> CalendarFeed:
    return CalendarFeed(OWNER.id, bytes([token]) * 32, MONDAY)


async def put(store: Store, feed: CalendarFeed) -> None:
    async with store.unit_of_work() as uow:
        uow.calendar_feeds.put(feed)
        await uow.commit()


async def test_a_feed_replaces_the_previous_one(store: Store) -> None:
    await save_all(store.unit_of_work, OWNER)
    await put(store, a_feed(1))
    await put(store, a_feed(2))
    async with store.unit_of_work() as uow:
        assert await uow.calendar_feeds.owner(a_feed(1).token_hash) is None
        assert await uow.calendar_feeds.owner(a_feed(2).token_hash) == OWNER.id
        assert await uow.calendar_feeds.of_user(OWNER.id) == a_feed(2)


async def test_a_feed_is_removed_once(store: Store) -> None:
    await save_all(store.unit_of_work, OWNER)
    await put(store, a_feed())
    async with store.unit_of_work() as uow:
        uow.calendar_feeds.remove(a_feed())
        await uow.commit()
        assert await uow.calendar_feeds.of_user(OWNER.id) is None
        uow.calendar_feeds.remove(a_feed())
        with pytest.raises(Stale):
            await uow.commit()


async def test_the_feed_of_an_inactive_user_has_no_owner(store: Store) -> None:
    await save_all(store.unit_of_work, OWNER)
    await put(store, a_feed())
    async with store.unit_of_work() as uow:
        uow.users.save(OWNER.with_access(role=OWNER.role, is_active=False, at=MONDAY))
        await uow.commit()
        assert await uow.calendar_feeds.owner(a_feed().token_hash) is None


async def test_a_feed_contains_the_owners_bookings_with_the_names_of_their_spaces(
    store: Store,
) -> None:
    somebody = a_user()
    ended, long, upcoming = (
        a_booking(OWNER, ROOM, hours(*period)) for period in ((-30, -20), (-19, 40), (50, 51))
    )
    cancelled = [
        a_booking(OWNER, OTHER, hours(60, 61), status=BookingStatus.CANCELLED, cancelled_at=at)
        for at in (LONG_AGO, MONDAY)
    ]
    theirs = a_booking(somebody, OTHER, hours(50, 51))
    await save_all(
        store.unit_of_work, OWNER, somebody, ROOM, OTHER, ended, long, upcoming, *cancelled, theirs
    )
    async with store.unit_of_work() as uow:
        entries = await uow.calendar_feeds.entries(
            OWNER.id, ended_after=MONDAY, cancelled_after=LONG_AGO, limit=10
        )
        latest = await uow.calendar_feeds.entries(
            OWNER.id, ended_after=MONDAY, cancelled_after=LONG_AGO, limit=1
        )
    assert [(entry.booking, entry.space_name) for entry in entries] == [
        (cancelled[1], OTHER.name),
        (upcoming, ROOM.name),
        (long, ROOM.name),
    ]
    assert latest == entries[:1]
