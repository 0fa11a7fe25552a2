"""ChangeBooking: another time or space, and the effect on price, invoice and payment."""

import pytest

from application.bookings.cancel_booking import Cancellation
from domain.audit import AuditEvent
from domain.bookings import Booking, BookingStatus
from domain.cancellation import RefundChoice
from domain.errors import (
    BookingConflict,
    EndBeforeStart,
    InvalidTransition,
    MisalignedTime,
    NotFound,
    OutsideOpeningHours,
    PaymentRequired,
    StartInPast,
    VersionMismatch,
)
from domain.ids import SpaceId
from domain.invoices import InvoiceStatus
from domain.money import ZERO, Money
from domain.opening_hours import OpeningHours
from tests.entities import IDS, hours
from tests.unit.application.racing import outcomes
from tests.unit.application.world import World


async def invoice_of(world: World, booking: Booking) -> tuple[InvoiceStatus, Money]:
    invoice = await world.invoice(booking)
    assert invoice is not None
    return invoice.status, invoice.amount


async def paid(world: World, booking: Booking) -> Booking:
    return await world.confirm_booking(await world.an_admin(), booking.id)


# Where it goes


async def test_a_booking_moves_to_another_time(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    now = world.set_time(8.5)
    moved = await world.move(member, booking, 14, 16)
    assert await world.booking(booking.id) == moved
    assert (moved.period, moved.version, moved.updated_at) == (hours(14, 16), 2, now)
    assert moved.amount == Money(20_00)
    await world.book(await world.a_caller(), room, 9, 10)


async def test_its_own_current_slot_does_not_conflict(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 11)
    assert (await world.move(member, booking, 9.5, 11.5)).period == hours(9.5, 11.5)


async def test_a_booking_moves_over_an_expired_hold(paying_world: World) -> None:
    world = paying_world
    member, room = await world.a_caller(), await world.a_space()
    booking = await paid(world, await world.book(member, room, 9, 10))
    held = await world.book(await world.a_caller(), room, 11, 12)
    world.clock.advance(world.house.booking_hold)
    moved = await world.move(member, booking, 11, 12)
    assert await world.booking(booking.id) == moved
    assert moved.period == hours(11, 12)
    assert (await world.booking(held.id)).lapsed


async def test_only_the_specified_fields_change(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10, notes="Quiet, please")
    longer = await world.change_booking(member, booking.id, {"end": hours(9, 12).end})
    assert (longer.period, longer.notes) == (hours(9, 12), "Quiet, please")
    assert (await world.change_booking(member, booking.id, {"notes": None})).notes is None


async def test_a_booking_moves_to_another_space_with_its_invoice(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    other = await world.a_space(name="Attic", tariff=room.tariff)
    booking = await world.book(member, room, 9, 10)
    moved = await world.change_booking(member, booking.id, {"space_id": other.id})
    assert (moved.space_id, moved.desk, moved.period) == (other.id, 1, booking.period)
    invoice = await world.invoice(moved)
    assert invoice is not None
    assert invoice.space_id == other.id
    assert "Attic" in invoice.description
    assert (await world.schedule(room)).occupations == ()


async def test_a_booking_keeps_its_desk_if_possible(world: World) -> None:
    member, zone = await world.a_caller(), await world.a_zone(20)
    booking = await world.book(member, zone, 9, 10)
    assert (await world.move(member, booking, 12, 13)).desk == booking.desk


async def test_a_change_that_changes_nothing_stores_nothing(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    assert await world.move(member, booking, 9, 10, space_id=room.id, notes=None) == booking
    assert await world.booking(booking.id) == booking


async def test_each_change_is_in_the_security_log(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    await world.move(member, booking, 10, 11)
    [entry] = await world.audit_entries(event=AuditEvent.BOOKING_CHANGED)
    assert (entry.subject_id, entry.actor_id) == (booking.id, member.user_id)
    assert entry.details == {"fields": ["end", "start"]}


# What is refused


async def test_another_users_booking_is_visible_to_admins_only(world: World) -> None:
    booking = await world.book(await world.a_caller(), await world.a_space(), 9, 10)
    with pytest.raises(NotFound):
        await world.move(await world.a_caller(), booking, 10, 11)
    assert (await world.move(await world.an_admin(), booking, 10, 11)).version == 2


async def test_another_version_than_expected_changes_nothing(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    await world.change_booking(member, booking.id, {"notes": "first"}, 1)
    with pytest.raises(VersionMismatch):
        await world.change_booking(member, booking.id, {"notes": "second"}, 1)
    assert (await world.booking(booking.id)).notes == "first"


async def test_a_booking_that_has_begun_cannot_be_changed(world: World) -> None:
    admin, room = await world.an_admin(), await world.a_space()
    booking = await world.book(await world.a_caller(), room, 9, 10)
    world.set_time(9)
    with pytest.raises(InvalidTransition) as refused:
        await world.move(admin, booking, 12, 13)
    assert refused.value.details == {"from": "CONFIRMED", "to": "CONFIRMED"}


async def test_a_cancelled_booking_cannot_be_changed(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    await world.cancel_booking(member, booking.id, Cancellation())
    with pytest.raises(InvalidTransition):
        await world.change_booking(member, booking.id, {"notes": "Please"})


async def test_an_expired_hold_cannot_be_changed(paying_world: World) -> None:
    world = paying_world
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 10, 11)
    world.clock.advance(world.house.booking_hold)
    with pytest.raises(InvalidTransition):
        await world.move(member, booking, 12, 13)


@pytest.mark.parametrize(
    "start, end, error",
    [
        (11, 10, EndBeforeStart),
        (10.1, 11, MisalignedTime),
        (7, 8, StartInPast),
        (21, 23, OutsideOpeningHours),
    ],
)
async def test_the_rules_of_the_house_apply_to_the_new_period(
    world: World, start: float, end: float, error: type[Exception]
) -> None:
    opened = OpeningHours.parse({"monday": [["06:00", "22:00"]]})
    member, room = await world.a_caller(), await world.a_space(opening_hours=opened)
    booking = await world.book(member, room, 9, 10)
    late = hours(0, end).end
    with pytest.raises(error):
        await world.change_booking(
            member, booking.id, {"start": hours(start, start + 1).start, "end": late}
        )
    assert await world.booking(booking.id) == booking


async def test_an_unknown_or_inactive_space_is_not_found(world: World) -> None:
    member, room, gone = await world.a_caller(), await world.a_space(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    await world.delete_space(await world.an_admin(), gone.id)
    for space_id in (gone.id, SpaceId(IDS.new())):
        with pytest.raises(NotFound):
            await world.change_booking(member, booking.id, {"space_id": space_id})


async def test_a_taken_slot_is_refused_with_alternatives_that_ignore_the_booking_itself(
    world: World,
) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 10, 11)
    await world.book(await world.a_caller(), room, 11, 12)
    with pytest.raises(BookingConflict) as refused:
        await world.move(member, booking, 10.5, 11.5)
    assert list(refused.value.details["alternatives"]) == [
        hours(10, 11),
        hours(9.75, 10.75),
        hours(9.5, 10.5),
    ]
    assert await world.booking(booking.id) == booking


async def test_an_expired_hold_does_not_conflict(paying_world: World) -> None:
    world = paying_world
    member, room = await world.a_caller(), await world.a_space()
    stale = await world.book(await world.a_caller(), room, 12, 13)
    world.clock.advance(world.house.booking_hold)
    booking = await world.book(member, room, 10, 11)
    assert (await world.move(member, booking, 12, 13)).period == hours(12, 13)
    assert (await world.booking(stale.id)).status is BookingStatus.CANCELLED


# What it costs then


async def test_current_rates_apply_only_when_time_or_space_change(
    world: World,
) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    await world.update_space(await world.an_admin(), room.id, {"hourly": Money(50_00)})
    noted = await world.change_booking(member, booking.id, {"notes": "Same price"})
    assert noted.amount == Money(10_00)
    assert (await world.move(member, booking, 10, 11)).amount == Money(50_00)


async def test_a_draft_invoice_follows_the_price(paying_world: World) -> None:
    world = paying_world
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    draft = await world.invoice(booking)
    moved = await world.move(member, booking, 9, 12)
    assert (moved.status, moved.hold_expires_at) == ("PENDING", booking.hold_expires_at)
    invoice = await world.invoice(moved)
    assert draft is not None
    assert invoice is not None
    assert (invoice.id, invoice.status, invoice.amount) == (draft.id, "DRAFT", Money(30_00))
    assert "12:00" in invoice.description


async def test_an_issued_invoice_is_voided_and_replaced(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    issued = await world.invoice(booking)
    for hour in (11, 12, 13):
        await world.move(member, booking, hour, hour + 2)
    present = await world.invoice(booking)
    assert issued is not None
    assert present is not None
    assert present.id != issued.id
    assert (present.status, present.amount) == (InvoiceStatus.OPEN, Money(20_00))


async def test_a_held_booking_that_becomes_free_of_charge_is_confirmed(paying_world: World) -> None:
    world = paying_world
    member, room, zone = await world.a_caller(), await world.a_space(), await world.a_zone(2)
    await world.a_plan(member)
    booking = await world.book(member, room, 9, 10)
    moved = await world.change_booking(member, booking.id, {"space_id": zone.id})
    assert (moved.status, moved.covered_by_plan, moved.amount) == ("CONFIRMED", True, ZERO)
    assert moved.hold_expires_at is None
    assert await invoice_of(world, moved) == (InvoiceStatus.VOID, Money(10_00))


async def test_a_booking_that_is_no_longer_covered_is_invoiced_with_immediate_confirmation(
    world: World,
) -> None:
    member, room, zone = await world.a_caller(), await world.a_space(), await world.a_zone(2)
    await world.a_plan(member)
    booking = await world.book(member, zone, 9, 10)
    moved = await world.change_booking(member, booking.id, {"space_id": room.id})
    assert (moved.status, moved.covered_by_plan) == ("CONFIRMED", False)
    assert await invoice_of(world, moved) == (InvoiceStatus.OPEN, Money(10_00))


async def test_a_confirmed_booking_never_becomes_held_again(paying_world: World) -> None:
    world = paying_world
    member, room, zone = await world.a_caller(), await world.a_space(), await world.a_zone(2)
    await world.a_plan(member)
    booking = await world.book(member, zone, 9, 10)
    with pytest.raises(PaymentRequired):
        await world.change_booking(member, booking.id, {"space_id": room.id})
    assert await world.booking(booking.id) == booking


async def test_a_covered_booking_stays_covered_by_its_own_plan(world: World) -> None:
    member, zone = await world.a_caller(), await world.a_zone(2)
    await world.a_plan(member)
    booking = await world.book(member, zone, 9, 11)
    assert (await world.move(member, booking, 10, 12)).covered_by_plan
    # What it left is covered for another, and what it took is not.
    assert (await world.book(member, zone, 9, 10)).covered_by_plan
    assert not (await world.book(member, zone, 11, 12)).covered_by_plan


async def test_a_paid_booking_cannot_become_more_expensive(paying_world: World) -> None:
    world = paying_world
    member, room = await world.a_caller(), await world.a_space()
    booking = await paid(world, await world.book(member, room, 9, 10))
    with pytest.raises(PaymentRequired):
        await world.move(member, booking, 9, 11)
    assert await world.booking(booking.id) == booking
    assert (await world.move(member, booking, 10, 11)).amount == Money(10_00)


async def test_the_difference_to_a_lower_price_is_refunded(paying_world: World) -> None:
    world = paying_world
    member, room = await world.a_caller(), await world.a_space()
    booking = await paid(world, await world.book(member, room, 9, 12))
    moved = await world.move(member, booking, 9, 11)
    assert (moved.amount, moved.paid, moved.refunded) == (Money(20_00), Money(30_00), ZERO)
    assert await world.refunds(moved) == [Money(10_00)]
    assert await invoice_of(world, moved) == (InvoiceStatus.PAID, Money(30_00))


async def test_nothing_is_refunded_twice(paying_world: World) -> None:
    world = paying_world
    member, room = await world.a_caller(), await world.a_space()
    booking = await paid(world, await world.book(member, room, 9, 12))
    await world.move(member, booking, 9, 11)
    full = Cancellation(refund=RefundChoice.FULL)
    await world.cancel_booking(await world.an_admin(), booking.id, full)
    assert await world.refunds(booking) == [Money(10_00), Money(20_00)]


async def test_refunds_follow_the_booking_to_another_space(paying_world: World) -> None:
    world = paying_world
    member, room, other = await world.a_caller(), await world.a_space(), await world.a_space()
    booking = await paid(world, await world.book(member, room, 9, 12))
    await world.move(member, booking, 9, 11)
    await world.move(member, booking, 9, 11, space_id=other.id)
    async with world.unit_of_work() as uow:
        [refund] = await uow.refunds.of_booking(booking.id)
    assert refund.space_id == other.id


# What happens between reading and writing


async def test_two_concurrent_swaps_of_rooms_each_succeed_or_are_refused(world: World) -> None:
    members = [await world.a_caller(), await world.a_caller()]
    zones = [await world.a_zone(2), await world.a_zone(2)]
    bookings = [
        await world.book(member, zone, 9, 10) for member, zone in zip(members, zones, strict=True)
    ]
    ended = await outcomes(
        world.change_booking(member, booking.id, {"space_id": zone.id})
        for member, booking, zone in zip(members, bookings, reversed(zones), strict=True)
    )
    assert ended == {"Booking": 2}


async def test_of_many_concurrent_moves_into_one_slot_exactly_one_succeeds(world: World) -> None:
    room = await world.a_space()
    members = [await world.a_caller() for _ in range(20)]
    bookings = [
        await world.book(member, room, 10 + n, 11 + n) for n, member in enumerate(members, 1)
    ]
    ended = await outcomes(
        world.move(member, booking, 10, 11)
        for member, booking in zip(members, bookings, strict=True)
    )
    assert ended == {"Booking": 1, "BookingConflict": 19}


async def test_of_two_concurrent_changes_none_is_lost(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    ended = await outcomes(
        [
            world.move(member, booking, 12, 13),
            world.change_booking(member, booking.id, {"notes": "Quiet, please"}),
        ]
    )
    assert ended == {"Booking": 2}
    stored = await world.booking(booking.id)
    assert (stored.period, stored.notes, stored.version) == (hours(12, 13), "Quiet, please", 3)


async def test_of_many_changes_with_one_expected_version_exactly_one_succeeds(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    ended = await outcomes(
        world.change_booking(member, booking.id, {"notes": str(n)}, 1) for n in range(20)
    )
    assert ended == {"Booking": 1, "VersionMismatch": 19}
