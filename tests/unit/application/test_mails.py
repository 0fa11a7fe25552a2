"""Which mails follow from what happens, and which are no longer sent when their time comes."""

from typing import Any

import pytest
from icalendar import Calendar

from application.auth.account_factory import NewAccount
from application.bookings.cancel_booking import Cancellation
from application.common.caller import Caller
from application.mails.mail import AccountContent, BookingContent, Mail, MailType
from domain.bookings import Booking
from domain.cancellation import RefundChoice
from domain.errors import BookingConflict, EmailTaken
from domain.money import ZERO, Money
from domain.users import EmailAddress, Locale
from tests.unit.application.world import CLIENT, FRONTEND_URL, PASSWORD, World

DAY = 24


def occasions(mails: list[Mail]) -> list[MailType]:
    return [mail.type for mail in mails]


def of(mail: Mail) -> BookingContent:
    assert isinstance(mail.content, BookingContent)
    return mail.content


async def a_booking_of(world: World, start: float = 9) -> tuple[Caller, Booking]:
    """Somebody's booking of an hour, about which they have been written to."""
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, start, start + 1)
    await world.deliver()
    return member, booking


async def test_who_signs_up_is_welcomed_in_their_language(world: World) -> None:
    new = NewAccount(
        email=EmailAddress.parse("ada@example.com"),
        password=PASSWORD,
        full_name="Ada",
        locale=Locale.TURKISH,
    )
    await world.sign_up(new, CLIENT)
    [mail] = await world.deliver()
    assert (mail.type, mail.to.locale) == (MailType.WELCOME, Locale.TURKISH)
    assert mail.content == AccountContent(link=FRONTEND_URL)
    with pytest.raises(EmailTaken):
        await world.sign_up(new, CLIENT)
    assert await world.deliver() == []


async def test_a_booking_that_is_confirmed_at_once_is_confirmed_by_mail(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    [mail] = await world.deliver()
    assert mail.type is MailType.BOOKING_CONFIRMED
    assert mail.to.address == (await world.user(member)).email
    assert of(mail).booking == booking
    calendar: Any = Calendar.from_ical(of(mail).calendar or b"")
    [event] = calendar.walk("VEVENT")
    assert event["DTSTART"].dt == booking.period.start


async def test_nobody_is_told_of_what_did_not_come_about(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    await world.book(member, room, 9, 10)
    await world.deliver()
    with pytest.raises(BookingConflict):
        await world.book(await world.a_caller(), room, 9, 10)
    assert await world.deliver() == []


async def test_an_admin_books_and_the_mail_goes_to_whose_it_is(world: World) -> None:
    member, admin, room = await world.a_caller(), await world.an_admin(), await world.a_space()
    await world.book(admin, room, 9, 10, user_id=member.user_id)
    [mail] = await world.deliver()
    assert mail.to.address == (await world.user(member)).email


async def test_a_held_booking_is_confirmed_by_mail_when_it_is_confirmed(
    paying_world: World,
) -> None:
    world = paying_world
    member, admin, room = await world.a_caller(), await world.an_admin(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    assert await world.deliver() == []
    await world.confirm_booking(admin, booking.id)
    assert occasions(await world.deliver()) == [MailType.BOOKING_CONFIRMED]


async def test_a_confirmation_of_what_is_cancelled_by_now_is_not_sent(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    await world.cancel_booking(member, booking.id, Cancellation())
    assert occasions(await world.deliver()) == [MailType.BOOKING_CANCELLED]


async def test_another_time_is_told_and_other_notes_are_not(world: World) -> None:
    member, booking = await a_booking_of(world)
    await world.change_booking(member, booking.id, {"notes": "By the window"})
    assert await world.deliver() == []
    moved = await world.move(member, booking, 11, 12)
    [mail] = await world.deliver()
    assert mail.type is MailType.BOOKING_CHANGED
    assert of(mail).booking.period == moved.period


async def test_a_held_booking_is_moved_without_a_mail(paying_world: World) -> None:
    world = paying_world
    member, room = await world.a_caller(), await world.a_space()
    booking = await world.book(member, room, 9, 10)
    await world.move(member, booking, 11, 12)
    assert await world.deliver() == []


async def test_a_cheaper_time_is_told_with_what_goes_back(paying_world: World) -> None:
    world = paying_world
    member, admin, room = await world.a_caller(), await world.an_admin(), await world.a_space()
    booking = await world.book(member, room, 40, 42)
    await world.confirm_booking(admin, booking.id)
    await world.move(member, booking, 40, 41)
    changed = (await world.deliver())[-1]
    assert changed.type is MailType.BOOKING_CHANGED
    assert of(changed).refund == Money(10_00)


@pytest.mark.parametrize(
    "choice, refund", [(RefundChoice.FULL, Money(10_00)), (RefundChoice.NONE, ZERO)]
)
async def test_a_cancellation_is_told_with_what_goes_back(
    paying_world: World, choice: RefundChoice, refund: Money
) -> None:
    world = paying_world
    member, admin, room = await world.a_caller(), await world.an_admin(), await world.a_space()
    booking = await world.book(member, room, 40, 41)
    await world.confirm_booking(admin, booking.id)
    await world.deliver()
    await world.cancel_booking(admin, booking.id, Cancellation(reason="Flood", refund=choice))
    [mail] = await world.deliver()
    assert mail.type is MailType.BOOKING_CANCELLED
    assert (of(mail).booking.cancel_reason, of(mail).refund) == ("Flood", refund)
    assert b"STATUS:CANCELLED" in (of(mail).calendar or b"")


async def test_who_leaves_a_held_booking_unpaid_is_told_that_it_is_gone(
    paying_world: World,
) -> None:
    world = paying_world
    member, room = await world.a_caller(), await world.a_space()
    await world.book(member, room, 40, 41)
    world.clock.advance(world.house.booking_hold)
    await world.expire_holds()
    [mail] = await world.deliver()
    assert (mail.type, of(mail).booking.lapsed) == (MailType.BOOKING_CANCELLED, True)


async def test_whoever_had_booked_a_space_that_is_closed_is_told(world: World) -> None:
    room, admin = await world.a_space(), await world.an_admin()
    people = [await world.a_caller() for _ in range(3)]
    for n, member in enumerate(people):
        await world.book(member, room, 40 + n, 41 + n)
    await world.deliver()
    await world.delete_space(admin, room.id, cancel_bookings=True)
    mails = await world.deliver()
    assert occasions(mails) == [MailType.BOOKING_CANCELLED] * 3
    assert {str(mail.to.address) for mail in mails} == {await world.email_of(m) for m in people}


async def test_a_mail_is_written_in_the_language_that_its_reader_has_by_then(
    world: World,
) -> None:
    member, room = await world.a_caller(), await world.a_space()
    await world.book(member, room, 9, 10)
    await world.update_me(member, {"locale": Locale.TURKISH})
    [mail] = await world.deliver()
    assert mail.to.locale is Locale.TURKISH


async def test_a_booking_is_reminded_of_a_day_before_once(world: World) -> None:
    await a_booking_of(world, 9 + 2 * DAY)
    world.set_time(9 + DAY - 0.01)
    assert await world.enqueue_reminders() == 0
    world.set_time(9 + DAY)
    assert [await world.enqueue_reminders() for _ in range(3)] == [1, 0, 0]
    assert occasions(await world.deliver()) == [MailType.REMINDER]
    world.set_time(20 + DAY)
    assert await world.enqueue_reminders() == 0
    assert await world.deliver() == []


async def test_what_was_booked_within_the_day_needs_no_reminder(world: World) -> None:
    await a_booking_of(world, 8 + DAY)
    assert await world.enqueue_reminders() == 0


async def test_a_booking_that_was_moved_is_reminded_of_at_its_new_time_only(
    world: World,
) -> None:
    member, booking = await a_booking_of(world, 9 + 2 * DAY)
    world.set_time(10 + DAY)
    await world.enqueue_reminders()
    await world.move(member, booking, 9 + 4 * DAY, 10 + 4 * DAY)
    assert occasions(await world.deliver()) == [MailType.BOOKING_CHANGED]
    world.set_time(9 + 3 * DAY)
    assert await world.enqueue_reminders() == 1
    assert occasions(await world.deliver()) == [MailType.REMINDER]


async def test_a_cancelled_booking_is_not_reminded_of(world: World) -> None:
    member, booking = await a_booking_of(world, 9 + 2 * DAY)
    world.set_time(10 + DAY)
    await world.enqueue_reminders()
    await world.cancel_booking(member, booking.id, Cancellation())
    assert occasions(await world.deliver()) == [MailType.BOOKING_CANCELLED]


@pytest.mark.parametrize("noted_before", [True, False])
async def test_who_switched_reminders_off_gets_none(world: World, noted_before: bool) -> None:
    member, _ = await a_booking_of(world, 9 + 2 * DAY)
    world.set_time(10 + DAY)
    if noted_before:
        assert await world.enqueue_reminders() == 1
    await world.update_me(member, {"reminders": False})
    assert await world.enqueue_reminders() == 0
    assert await world.deliver() == []


async def test_a_reminder_is_not_sent_once_the_booking_has_begun(world: World) -> None:
    await a_booking_of(world, 9 + 2 * DAY)
    world.set_time(10 + DAY)
    await world.enqueue_reminders()
    world.set_time(9 + 2 * DAY)
    assert await world.deliver() == []


async def test_any_number_of_bookings_are_reminded_of_at_once(world: World) -> None:
    member, zone = await world.a_caller(), await world.a_zone(150)
    for _ in range(120):
        await world.book(member, zone, 9 + 2 * DAY, 10 + 2 * DAY)
    world.set_time(9 + DAY)
    assert await world.enqueue_reminders() == 120
