"""QuoteBooking: the price of a booking, without storing it."""

from dataclasses import replace
from typing import Any

import pytest

from application.bookings.booking_request import BookingRequest
from application.bookings.quote_booking import QuoteResult
from application.common.caller import Caller
from domain.errors import Forbidden, MisalignedTime, NotFound
from domain.ids import SpaceId
from domain.money import ZERO, Money
from domain.spaces import Space
from domain.tariff import Tariff
from tests.entities import IDS, hours
from tests.unit.application.world import World


async def quote(
    world: World, caller: Caller, space: Space, start: float, end: float, **fields: Any
) -> QuoteResult:
    period = hours(start, end)
    return await world.quote_booking(
        caller,
        BookingRequest(space_id=space.id, start=period.start, end=period.end, **fields),
    )


async def test_a_quote_is_the_price_of_the_booking_line_by_line(world: World) -> None:
    member = await world.a_caller()
    room = await world.a_space(tariff=Tariff(hourly=Money(10_00), daily=Money(50_00)))
    offer = await quote(world, member, room, 9, 9 + 24 + 1.5)
    assert [(line.unit, line.quantity, line.amount) for line in offer.quote.lines] == [
        ("day", "1", Money(50_00)),
        ("hour", "1.5", Money(15_00)),
    ]
    assert offer.available
    assert (await world.book(member, room, 9, 9 + 24 + 1.5)).amount == offer.quote.amount


async def test_a_quote_stores_nothing(world: World) -> None:
    room = await world.a_space()
    await quote(world, await world.a_caller(), room, 9, 10)
    assert (await world.schedule(room)).occupations == ()


async def test_a_plan_covers_the_amount_and_leaves_the_lines(world: World) -> None:
    member, zone = await world.a_caller(), await world.a_zone(2)
    await world.a_plan(member)
    offer = await quote(world, member, zone, 9, 10)
    assert (offer.quote.covered_by_plan, offer.quote.amount) == (True, ZERO)
    assert offer.quote.full_price == Money(10_00)
    await world.book(member, zone, 9, 10)
    assert (await quote(world, member, zone, 9, 10)).quote.amount == Money(10_00)


async def test_a_taken_slot_is_quoted_as_not_available(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    await world.book(member, room, 9, 10)
    offer = await quote(world, member, room, 9.5, 11)
    assert (offer.available, offer.quote.amount) == (False, Money(15_00))


async def test_a_slot_with_an_expired_hold_is_available(paying_world: World) -> None:
    world = paying_world
    member, room = await world.a_caller(), await world.a_space()
    await world.book(member, room, 10, 11)
    assert not (await quote(world, member, room, 10, 11)).available
    world.clock.advance(world.house.booking_hold)
    assert (await quote(world, member, room, 10, 11)).available


async def test_a_request_that_cannot_be_booked_cannot_be_quoted(world: World) -> None:
    member, admin, room = await world.a_caller(), await world.an_admin(), await world.a_space()
    with pytest.raises(MisalignedTime):
        await quote(world, member, room, 9.1, 10)
    with pytest.raises(Forbidden):
        await quote(world, member, room, 9, 10, user_id=admin.user_id)
    await world.delete_space(admin, room.id)
    with pytest.raises(NotFound):
        await quote(world, member, room, 9, 10)
    with pytest.raises(NotFound):
        await quote(world, member, replace(room, id=SpaceId(IDS.new())), 9, 10)
