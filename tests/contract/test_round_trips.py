"""Stored entities are read back equal in every field, both new and changed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

import pytest

from application.ports.bookings import BookingFilter
from application.ports.spaces import SpaceFilter
from application.ports.unit_of_work import Stale
from domain.bookings import Booking, BookingStatus
from domain.ids import InvoiceId, SpaceId, UserId
from domain.invoices import Invoice, InvoiceStatus
from domain.money import ZERO, Money
from domain.opening_hours import OpeningHours
from domain.period import Period
from domain.spaces import MAX_CAPACITY, Space, SpaceType
from domain.subscriptions import PlanType, ProviderStatus, Subscription, SubscriptionStatus
from domain.tariff import Tariff
from domain.users import EmailAddress, Locale, Member, Role, User
from tests.contract.conftest import Store
from tests.entities import (
    IDS,
    MONDAY,
    a_booking,
    a_log,
    a_member,
    a_session,
    a_space,
    a_subscription,
    a_user,
    a_zone,
    an_invoice,
    hours,
    save_all,
)

Entity = TypeVar("Entity", User, Space, Booking, Subscription, Invoice)

MICROSECOND = timedelta(microseconds=1)
SOME_TIME = datetime(2026, 3, 29, 0, 59, 59, 999_999, tzinfo=UTC)
SOME_PERIOD = Period(SOME_TIME, SOME_TIME + timedelta(days=366))
UNICODE = "Göz ☕ \U0001d518 '\"\\ %s $1 {} \t\n é e\u0301 \u202eabc"
BEYOND_32_BITS = Money(10_000_000_000_00)

USERS: dict[str, dict[str, Any]] = {
    "plain": {},
    "unicode": {"full_name": UNICODE, "password_hash": UNICODE},
    "address": {"email": EmailAddress.parse("Jürgen.Ğ+tag@Bücher.Example")},
    "super admin": {"role": Role.SUPER_ADMIN, "is_active": False},
    "admin": {"role": Role.ADMIN, "locale": Locale.TURKISH, "reminders": False},
    "microseconds": {"created_at": SOME_TIME, "updated_at": SOME_TIME + MICROSECOND},
}
MEMBERS: dict[str, dict[str, Any]] = {
    "plain": {},
    "everything": {
        "phone": "+90 212 555 01 02",
        "company": UNICODE,
        "payment_customer_id": "cus_1",
    },
    "microseconds": {"created_at": SOME_TIME, "updated_at": SOME_TIME + MICROSECOND},
}
LOG_INS: dict[str, dict[str, Any]] = {
    "plain": {},
    "everything": {"user_agent": UNICODE, "client_address": "2001:db8::7"},
    "microseconds": {
        "created_at": SOME_TIME,
        "last_used_at": SOME_TIME,
        "expires_at": SOME_TIME + MICROSECOND,
    },
}
SPACES: dict[str, dict[str, Any]] = {
    "plain": {},
    "unicode": {"name": UNICODE, "description": UNICODE, "amenities": (UNICODE, "", "Wi-Fi")},
    "amenities in an order": {"amenities": ("b", "a", "c", "a")},
    "only a daily rate": {"tariff": Tariff(daily=Money(1))},
    "only a monthly rate of zero": {"tariff": Tariff(monthly=ZERO)},
    "all rates": {"tariff": Tariff(hourly=ZERO, daily=Money(1), monthly=BEYOND_32_BITS)},
    "always closed": {"opening_hours": OpeningHours.parse({})},
    "a week of hours": {
        "opening_hours": OpeningHours.parse(
            {
                "monday": [["09:00", "12:00"], ["12:00", "18:00"]],
                "tuesday": [["00:00", "24:00"]],
                "saturday": [["07:01", "07:02"], ["23:59", "24:00"]],
            }
        )
    },
    "hot desks": {"space_type": SpaceType.HOT_DESK, "capacity": MAX_CAPACITY},
    "dedicated": {"space_type": SpaceType.DEDICATED_DESK, "capacity": 1},
    "office": {"space_type": SpaceType.PRIVATE_OFFICE, "is_active": False},
    "microseconds": {"created_at": SOME_TIME, "updated_at": SOME_TIME + MICROSECOND},
}
BOOKINGS: dict[str, dict[str, Any]] = {
    **{status.value: {"status": status} for status in BookingStatus},
    "unicode": {"notes": UNICODE},
    "empty notes": {"notes": ""},
    "another desk": {"desk": 10},
    "covered": {"covered_by_plan": True, "amount": ZERO},
    "money": {"amount": BEYOND_32_BITS, "paid": BEYOND_32_BITS, "refunded": Money(1)},
    "a reason": {"status": BookingStatus.CANCELLED, "cancel_reason": UNICODE},
    "microseconds": {
        "period": SOME_PERIOD,
        "status": BookingStatus.COMPLETED,
        "checked_in_at": SOME_TIME - MICROSECOND,
        "checked_out_at": SOME_TIME + MICROSECOND,
        "created_at": SOME_TIME,
        "updated_at": SOME_TIME + MICROSECOND,
    },
    "a hold to the microsecond": {"status": BookingStatus.PENDING, "hold_expires_at": SOME_TIME},
}
SUBSCRIPTIONS: dict[str, dict[str, Any]] = {
    **{
        status.value: {"status": status}
        for status in SubscriptionStatus
        if status is not SubscriptionStatus.CANCELLED
    },
    "dedicated": {"plan_type": PlanType.DEDICATED_DESK},
    "office": {"plan_type": PlanType.PRIVATE_OFFICE},
    "known to Stripe": {"provider_subscription_id": "sub_1"},
    **{f"{status} at Stripe": {"provider_status": status} for status in ProviderStatus},
    "ending": {"cancel_at_period_end": True},
    "microseconds": {
        "current_period": SOME_PERIOD,
        "created_at": SOME_TIME,
        "updated_at": SOME_TIME,
    },
}
INVOICES: dict[str, dict[str, Any]] = {
    **{status.value: {"status": status} for status in InvoiceStatus if status.value != "PAID"},
    "PAID": {"status": InvoiceStatus.PAID, "paid_at": SOME_TIME},
    "unicode": {"description": UNICODE},
    "money": {"amount": BEYOND_32_BITS, "refunded": Money(1)},
    "microseconds": {"issued_at": SOME_TIME},
}


class Examples(Generic[Entity]):
    """For each example, the plain entity as it is first stored, and its changed version."""

    def __init__(self, cases: Mapping[str, dict[str, Any]], make: Callable[..., Entity]) -> None:
        self.new: dict[str, Entity] = {name: make(name, **fields) for name, fields in cases.items()}
        self.plain: dict[str, Entity] = {}
        self.changed: dict[str, Entity] = {}
        for name, entity in self.new.items():
            fixed: dict[str, Any] = {"id": entity.id}
            if hasattr(entity, "created_at"):
                fixed["created_at"] = entity.created_at
            self.plain[name] = make(name, **fixed)
            self.changed[name] = replace(entity, version=2)


async def read_users(store: Store, users: dict[str, User]) -> dict[str, User | None]:
    async with store.unit_of_work() as uow:
        return {name: await uow.users.get(user.id) for name, user in users.items()}


async def read_users_by_email(store: Store, users: dict[str, User]) -> dict[str, User | None]:
    async with store.unit_of_work() as uow:
        return {name: await uow.users.by_email(user.email) for name, user in users.items()}


async def read_spaces(store: Store, spaces: dict[str, Space]) -> dict[str, Space | None]:
    async with store.unit_of_work() as uow:
        return {name: await uow.spaces.get(space.id) for name, space in spaces.items()}


async def read_bookings(store: Store, bookings: dict[str, Booking]) -> dict[str, Booking | None]:
    async with store.unit_of_work() as uow:
        return {name: await uow.bookings.get(booking.id) for name, booking in bookings.items()}


async def read_invoices(store: Store, invoices: dict[str, Invoice]) -> dict[str, Invoice | None]:
    booking_ids = {name: invoice.booking_id for name, invoice in invoices.items()}
    ids = [booking_id for booking_id in booking_ids.values() if booking_id]
    async with store.unit_of_work() as uow:
        by_booking = await uow.invoices.of_bookings(ids)
    return {
        name: by_booking.get(booking_id) if booking_id else None
        for name, booking_id in booking_ids.items()
    }


async def test_users_are_read_back_by_id_and_by_address(store: Store) -> None:
    users = Examples(USERS, lambda _, **fields: a_user(**fields))
    await save_all(store.unit_of_work, *users.new.values())
    assert await read_users(store, users.new) == users.new
    assert await read_users_by_email(store, users.new) == users.new


async def test_changed_users_are_read_back_by_id_and_by_address(store: Store) -> None:
    users = Examples(USERS, lambda _, **fields: a_user(**fields))
    await save_all(store.unit_of_work, *users.plain.values())
    async with store.unit_of_work() as uow:
        for changed in users.changed.values():
            uow.users.save(changed)
        await uow.commit()
    assert await read_users(store, users.changed) == users.changed
    assert await read_users_by_email(store, users.changed) == users.changed
    assert set((await read_users_by_email(store, users.plain)).values()) == {None}


async def test_an_unknown_user_is_none(store: Store) -> None:
    await save_all(store.unit_of_work, a_user())
    async with store.unit_of_work() as uow:
        assert await uow.users.get(UserId(IDS.new())) is None
        assert await uow.users.by_email(EmailAddress.parse("nobody@example.com")) is None


async def test_a_user_exists_once_one_is_added(store: Store) -> None:
    async with store.unit_of_work() as uow:
        assert not await uow.users.any()
    await save_all(store.unit_of_work, a_user())
    async with store.unit_of_work() as uow:
        assert await uow.users.any()


async def test_members_are_read_back_by_their_user(store: Store) -> None:
    users = {name: a_user() for name in MEMBERS}
    members = {name: a_member(users[name], **fields) for name, fields in MEMBERS.items()}
    await save_all(store.unit_of_work, *users.values(), *members.values())
    async with store.unit_of_work() as uow:
        stored = {name: await uow.members.of_user(user.id) for name, user in users.items()}
        assert await uow.members.of_user(UserId(IDS.new())) is None
    assert stored == members


async def test_sessions_are_stored(store: Store) -> None:
    # A token that is already taken shows that its session is stored.
    user = a_user()
    log_ins = [a_session(user, **fields) for fields in LOG_INS.values()]
    await save_all(store.unit_of_work, user, *log_ins)
    for log_in in log_ins:
        with pytest.raises(Stale):
            await save_all(store.unit_of_work, a_session(user, token_hash=log_in.token_hash))


async def test_spaces_are_read_back(store: Store) -> None:
    spaces = Examples(SPACES, lambda _, **fields: a_space(**fields)).new
    await save_all(store.unit_of_work, *spaces.values())
    assert await read_spaces(store, spaces) == spaces


async def test_changed_spaces_are_read_back(store: Store) -> None:
    spaces = Examples(SPACES, lambda _, **fields: a_space(**fields))
    await save_all(store.unit_of_work, *spaces.plain.values())
    async with store.unit_of_work() as uow:
        for changed in spaces.changed.values():
            uow.spaces.save(changed)
        await uow.commit()
    assert await read_spaces(store, spaces.changed) == spaces.changed


async def test_spaces_are_the_same_in_lists_and_schedules(store: Store) -> None:
    user = a_user()
    spaces = Examples(SPACES, lambda _, **fields: a_space(**fields)).new
    await save_all(store.unit_of_work, user, a_member(user), *spaces.values())
    expected = list(spaces.values())
    period, day = hours(9, 10), hours(0, 24)
    async with store.unit_of_work() as uow:
        listed = await uow.spaces.list(SpaceFilter(), after=None, limit=100)
        assert list(listed) == expected
        many = await uow.schedules.list(SpaceFilter(), period, after=None, limit=100)
        assert [schedule.space for schedule in many] == expected
        for space in expected:
            schedule = await uow.schedules.get(space.id, period)
            around = await uow.schedules.around(space.id, period, day, bookings=5)
            slot = await uow.schedules.slot(space.id, period, user.id)
            assert schedule
            assert around
            assert slot
            assert [schedule.space, around[0].space, slot.schedule.space] == [space] * 3


async def test_an_unknown_space_is_none(store: Store) -> None:
    await save_all(store.unit_of_work, a_space())
    async with store.unit_of_work() as uow:
        assert await uow.spaces.get(SpaceId(IDS.new())) is None


def booking_examples(owner: User) -> tuple[dict[str, Space], Examples[Booking]]:
    """Return the examples, each in its own space."""
    zones = {name: a_zone(10) for name in BOOKINGS}

    def make(name: str, **fields: Any) -> Booking:
        return a_booking(owner, zones[name], **{"period": hours(9, 10)} | fields)

    return zones, Examples(BOOKINGS, make)


async def test_bookings_are_read_back(store: Store) -> None:
    owner = a_user()
    zones, bookings = booking_examples(owner)
    await save_all(store.unit_of_work, owner, *zones.values(), *bookings.new.values())
    assert await read_bookings(store, bookings.new) == bookings.new


async def test_changed_bookings_are_read_back(store: Store) -> None:
    owner = a_user()
    zones, bookings = booking_examples(owner)
    await save_all(store.unit_of_work, owner, *zones.values(), *bookings.plain.values())
    async with store.unit_of_work() as uow:
        for changed in bookings.changed.values():
            uow.bookings.save(changed)
        await uow.commit()
    assert await read_bookings(store, bookings.changed) == bookings.changed


async def test_bookings_are_the_same_in_lists(store: Store) -> None:
    owner = a_user()
    zones, bookings = booking_examples(owner)
    await save_all(store.unit_of_work, owner, *zones.values(), *bookings.new.values())
    for name, booking in bookings.new.items():
        async with store.unit_of_work() as uow:
            criteria = BookingFilter(space_id=booking.space_id)
            assert list(await uow.bookings.list(criteria, after=None, limit=2)) == [booking], name
            upcoming = await uow.bookings.upcoming(booking.space_id, after=MONDAY)
            assert list(upcoming) == ([booking] if booking.occupies_slot else []), name


async def test_a_booking_goes_through_its_whole_life(store: Store) -> None:
    owner, room = a_user(), a_space()
    booking = a_booking(owner, room, hours(9, 10), status=BookingStatus.PENDING)
    await save_all(store.unit_of_work, owner, room, booking)
    at = booking.period.start
    confirmed = booking.confirmed(at=at)
    checked_in = confirmed.checked_in(at=at)
    checked_out = checked_in.checked_out(at=at)
    for step in (confirmed, checked_in, checked_out):
        async with store.unit_of_work() as uow:
            uow.bookings.save(step)
            await uow.commit()
        assert await read_bookings(store, {"present": booking}) == {"present": step}


async def test_an_unknown_booking_is_none(store: Store) -> None:
    owner, room = a_user(), a_space()
    await save_all(store.unit_of_work, owner, room, a_booking(owner, room, hours(9, 10)))
    unknown = a_booking(owner, room, hours(9, 10))
    assert await read_bookings(store, {"unknown": unknown}) == {"unknown": None}


class Subscribers:
    """The examples of subscriptions, each with its own user and member."""

    def __init__(self) -> None:
        self.users = {name: a_user() for name in SUBSCRIPTIONS}
        self.members = {name: a_member(user) for name, user in self.users.items()}
        self.room = a_space()
        self.subscriptions = Examples(
            SUBSCRIPTIONS, lambda name, **fields: a_subscription(self.members[name], **fields)
        )
        self.people: list[User | Member | Space] = [
            *self.users.values(),
            *self.members.values(),
            self.room,
        ]

    async def read(self, store: Store) -> dict[str, Subscription | None]:
        subscriptions = {}
        async with store.unit_of_work() as uow:
            for name, user in self.users.items():
                slot = await uow.schedules.slot(self.room.id, hours(9, 10), user.id)
                subscriptions[name] = slot.subscription if slot else None
        return subscriptions


async def test_subscriptions_are_read_back(store: Store) -> None:
    examples = Subscribers()
    await save_all(store.unit_of_work, *examples.people, *examples.subscriptions.new.values())
    assert await examples.read(store) == examples.subscriptions.new


async def test_changed_subscriptions_are_read_back(store: Store) -> None:
    examples = Subscribers()
    await save_all(store.unit_of_work, *examples.people, *examples.subscriptions.plain.values())
    async with store.unit_of_work() as uow:
        for changed in examples.subscriptions.changed.values():
            uow.subscriptions.save(changed)
        await uow.commit()
    assert await examples.read(store) == examples.subscriptions.changed


def invoice_examples(owner: User, zone: Space) -> tuple[dict[str, Booking], Examples[Invoice]]:
    """Return the examples, each for its own booking."""
    bookings = {
        name: a_booking(owner, zone, hours(9, 10), desk=desk)
        for desk, name in enumerate(INVOICES, start=1)
    }
    return bookings, Examples(INVOICES, lambda name, **fields: an_invoice(bookings[name], **fields))


async def test_invoices_are_read_back_by_their_booking(store: Store) -> None:
    owner, zone = a_user(), a_zone(20)
    bookings, invoices = invoice_examples(owner, zone)
    await save_all(store.unit_of_work, owner, zone, *bookings.values(), *invoices.new.values())
    assert await read_invoices(store, invoices.new) == invoices.new


async def test_changed_invoices_are_read_back_by_their_booking(store: Store) -> None:
    owner, zone = a_user(), a_zone(20)
    bookings, invoices = invoice_examples(owner, zone)
    await save_all(store.unit_of_work, owner, zone, *bookings.values(), *invoices.plain.values())
    async with store.unit_of_work() as uow:
        for changed in invoices.changed.values():
            uow.invoices.save(changed)
        await uow.commit()
    assert await read_invoices(store, invoices.changed) == invoices.changed


async def test_invoices_may_be_for_a_subscription(store: Store) -> None:
    owner, room = a_user(), a_space()
    member, booking = a_member(owner), a_booking(owner, room, hours(9, 10))
    plan = a_subscription(member)
    of_plan = an_invoice(booking, booking_id=None, space_id=None, subscription_id=plan.id)
    again = replace(of_plan, id=InvoiceId(IDS.new()))
    await save_all(store.unit_of_work, owner, member, room, booking, plan, of_plan, again)
    assert await read_invoices(store, {"any": an_invoice(booking)}) == {"any": None}


async def test_only_the_invoices_of_the_requested_bookings_are_returned(store: Store) -> None:
    owner, zone = a_user(), a_zone(4)
    first, second, free, not_asked = (
        a_booking(owner, zone, hours(9, 10), desk=desk) for desk in range(1, 5)
    )
    bills = {booking.id: an_invoice(booking) for booking in (first, second, not_asked)}
    await save_all(store.unit_of_work, owner, zone, first, second, free, not_asked, *bills.values())
    async with store.unit_of_work() as uow:
        invoices = await uow.invoices.of_bookings([first.id, second.id, free.id])
        assert invoices == {first.id: bills[first.id], second.id: bills[second.id]}
        assert await uow.invoices.of_bookings([]) == {}


async def test_a_stay_is_read_back_by_its_booking_when_begun_and_ended(store: Store) -> None:
    owner, zone = a_user(), a_zone(2)
    booking = a_booking(owner, zone, hours(9, 10), status=BookingStatus.CHECKED_IN)
    not_come = a_booking(owner, zone, hours(9, 10), desk=2)
    log = a_log(booking, occupied_at=MONDAY + MICROSECOND)
    await save_all(store.unit_of_work, owner, zone, booking, not_come, log)
    async with store.unit_of_work() as uow:
        assert await uow.occupancy_logs.of_booking(booking.id) == log
        assert await uow.occupancy_logs.of_booking(not_come.id) is None
    ended = log.vacated(at=SOME_TIME)
    async with store.unit_of_work() as uow:
        uow.occupancy_logs.save(ended)
        await uow.commit()
    async with store.unit_of_work() as uow:
        assert await uow.occupancy_logs.of_booking(booking.id) == ended
