"""Which bookings are to be reminded of is the same in memory and in PostgreSQL."""

from datetime import timedelta
from typing import Any

import pytest

from application.mails.enqueue_mail import enqueue_mail
from application.mails.mail import MailType
from domain.bookings import BookingStatus
from domain.reminders import reminder_key
from tests.contract.conftest import Store
from tests.entities import HOUR, MONDAY, a_booking, a_user, a_zone, hours, save_all

LONG_AGO: dict[str, Any] = {"created_at": MONDAY - timedelta(days=9)}
MICROSECOND = timedelta(microseconds=1)


async def test_they_are_confirmed_begin_within_a_day_and_were_made_before_it(
    store: Store,
) -> None:
    user, zone = a_user(), a_zone(20)
    first, last = (
        a_booking(user, zone, hours(start, 30), desk=desk, **LONG_AGO)
        for desk, start in enumerate((0.25, 24), 1)
    )
    others = [
        a_booking(user, zone, hours(0, 1), desk=3, **LONG_AGO),
        a_booking(user, zone, hours(24.25, 25), desk=4, **LONG_AGO),
        a_booking(user, zone, hours(9, 10), desk=5, created_at=MONDAY - 15 * HOUR),
        *(
            a_booking(user, zone, hours(9, 10), desk=6 + n, status=status, **LONG_AGO)
            for n, status in enumerate(BookingStatus)
            if status is not BookingStatus.CONFIRMED
        ),
    ]
    edge = a_booking(user, zone, hours(9, 10), desk=15, created_at=MONDAY - 15 * HOUR - MICROSECOND)
    await save_all(store.unit_of_work, user, zone, first, last, edge, *others)
    async with store.unit_of_work() as uow:
        assert await uow.bookings.due_reminders(at=MONDAY, limit=10) == [first, edge, last]
        assert await uow.bookings.due_reminders(at=MONDAY, limit=1) == [first]


@pytest.mark.parametrize("how", [{"reminders": False}, {"is_active": False}])
async def test_their_people_are_active_and_want_reminders(
    store: Store, how: dict[str, bool]
) -> None:
    user, zone = a_user(**how), a_zone(1)
    await save_all(store.unit_of_work, user, zone, a_booking(user, zone, hours(9, 10), **LONG_AGO))
    async with store.unit_of_work() as uow:
        assert await uow.bookings.due_reminders(at=MONDAY, limit=10) == []


async def test_one_that_is_noted_is_not_found_again_until_it_has_another_start(
    store: Store,
) -> None:
    user, zone = a_user(), a_zone(2)
    booking = a_booking(user, zone, hours(9, 10), **LONG_AGO)
    await save_all(store.unit_of_work, user, zone, booking)
    async with store.unit_of_work() as uow:
        enqueue_mail(
            uow, MailType.REMINDER, reminder_key(booking), at=MONDAY, booking_id=booking.id
        )
        await uow.commit()
    moved = booking.moved(
        space_id=zone.id,
        desk=2,
        period=hours(10, 11),
        amount=booking.amount,
        covered_by_plan=False,
        notes=None,
        at=MONDAY,
    )
    async with store.unit_of_work() as uow:
        assert await uow.bookings.due_reminders(at=MONDAY, limit=10) == []
        await uow.lock_space(zone.id)
        uow.bookings.move(moved, space=zone)
        await uow.commit()
        assert await uow.bookings.due_reminders(at=MONDAY, limit=10) == [moved]
