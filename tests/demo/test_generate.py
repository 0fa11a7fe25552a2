"""The demo house keeps every rule of the house, and can be made again."""

import hashlib
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from domain.booking_rules import check_booking_time
from domain.bookings import Booking, BookingStatus
from domain.house import CHECK_IN_OPENS_BEFORE, House
from domain.invoices import InvoiceStatus
from domain.local_time import DAY
from domain.money import ZERO
from domain.pricing import Quote, cheapest_cover
from domain.spaces import SpaceType
from domain.subscriptions import SubscriptionStatus
from domain.users import Role, check_password
from entrypoints.demo import DEMO_LOG_INS, DEMO_PASSWORD, DemoHouse, DemoPlan, generate
from tests.demo.houses import ISTANBUL, NEW_YORK, NOON, a_small_one, contents

HOUR = timedelta(hours=1)
ROOT = Path(__file__).parents[2]


def test_the_same_seed_makes_the_same_house(small: DemoHouse, house: House) -> None:
    assert contents(a_small_one(house)) == contents(small)


def test_another_seed_makes_another_house(small: DemoHouse, another: DemoHouse) -> None:
    ids = {booking.id for booking in small.bookings}
    assert not ids & {booking.id for booking in another.bookings}
    assert [user.full_name for user in small.users] != [user.full_name for user in another.users]


def test_the_house_does_not_depend_on_the_order_of_hashes(small: DemoHouse) -> None:
    script = (
        "import hashlib\n"
        "from domain.house import House\n"
        "from tests.demo.houses import ISTANBUL, a_small_one, contents\n"
        "demo = contents(a_small_one(House(timezone=ISTANBUL)))\n"
        "print(hashlib.sha256(repr(demo).encode()).hexdigest())\n"
    )
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    elsewhere = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    here = hashlib.sha256(repr(contents(small)).encode()).hexdigest()
    assert elsewhere.stdout.strip() == here


def test_later_on_the_same_day_it_is_the_same_house_further_on(
    small: DemoHouse, house: House
) -> None:
    morning, evening = small, a_small_one(house, now=NOON + 8 * HOUR)
    later = {booking.id: booking for booking in evening.bookings}
    assert morning.users == evening.users
    assert len(later) > len(morning.bookings)
    assert any(later[booking.id].status is not booking.status for booking in morning.bookings)
    for booking in morning.bookings:
        then = later[booking.id]
        assert (then.user_id, then.space_id, then.desk, then.period, then.created_at) == (
            booking.user_id,
            booking.space_id,
            booking.desk,
            booking.period,
            booking.created_at,
        )
        assert then.version >= booking.version


@pytest.mark.parametrize("step", [timedelta(minutes=5), timedelta(minutes=60)])
def test_any_settings_of_the_house_are_kept(step: timedelta) -> None:
    # The season spans the change to summer time in New York, on 8 March.
    house = House(timezone=NEW_YORK, booking_step=step, no_show_grace=timedelta(0))
    demo = a_small_one(house)
    spaces = {space.id: space for space in demo.spaces}
    assert len(demo.bookings) > 500
    for booking in demo.bookings:
        check_booking_time(
            booking.period, spaces[booking.space_id], house, now=booking.created_at, by_admin=False
        )


def test_there_are_about_as_many_bookings_as_asked_for(demo: DemoHouse, plan: DemoPlan) -> None:
    assert demo.unplaced == 0
    assert 0.97 * plan.bookings <= len(demo.bookings) <= plan.bookings


def test_a_full_house_takes_what_fits_and_says_how_many_do_not(house: House) -> None:
    plan = DemoPlan(bookings=1_500, days_back=0, days_ahead=0)
    demo = generate(plan, house, now=NOON + 9 * HOUR, password_hash="a hash")
    assert demo.unplaced > 0
    assert 500 < len(demo.bookings) <= 1_500 - demo.unplaced


@pytest.mark.parametrize("bookings", [0, 1])
def test_a_house_may_be_almost_empty(house: House, bookings: int) -> None:
    demo = a_small_one(house, bookings=bookings)
    assert len(demo.bookings) <= bookings
    assert demo.spaces
    assert demo.users


@pytest.mark.parametrize(
    "fields", [{"bookings": -1}, {"bookings": 1_000_001}, {"days_back": -1}, {"days_ahead": 91}]
)
def test_a_plan_has_its_bounds(fields: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="Expected"):
        DemoPlan(**fields)


def test_a_quarter_of_the_days_is_to_come() -> None:
    assert DemoPlan.over(120) == DemoPlan(days_back=90, days_ahead=30)
    assert DemoPlan.over(2_000).days_ahead == 30


def test_no_desk_is_ever_had_by_two(demo: DemoHouse) -> None:
    desks = defaultdict(list)
    for booking in demo.bookings:
        desks[booking.space_id, booking.desk].append(booking.period)
    for periods in desks.values():
        for one, other in pairwise(sorted(periods)):
            assert one.end <= other.start


def test_nobody_sits_at_two_desks_or_in_two_meetings(demo: DemoHouse) -> None:
    types = {space.id: space.space_type for space in demo.spaces}
    people = defaultdict(list)
    for booking in demo.bookings:
        is_meeting = types[booking.space_id] is SpaceType.MEETING_ROOM
        people[booking.user_id, is_meeting].append(booking.period)
    for periods in people.values():
        for one, other in pairwise(sorted(periods)):
            assert one.end <= other.start


def test_every_booking_keeps_the_rules_and_opening_hours(demo: DemoHouse, house: House) -> None:
    spaces = {space.id: space for space in demo.spaces}
    for booking in demo.bookings:
        space = spaces[booking.space_id]
        assert booking.desk <= space.desks
        check_booking_time(booking.period, space, house, now=booking.created_at, by_admin=False)


def test_every_price_is_what_the_rules_say(demo: DemoHouse, house: House) -> None:
    spaces = {space.id: space for space in demo.spaces}
    covered = 0
    for booking in demo.bookings:
        price = Quote(
            cheapest_cover(booking.period, spaces[booking.space_id].tariff, house.timezone),
            booking.covered_by_plan,
        )
        assert booking.amount == price.amount
        covered += booking.covered_by_plan
    assert 0.05 < covered / len(demo.bookings) < 0.3


def test_a_plan_covers_what_it_may_and_one_booking_at_a_time(demo: DemoHouse) -> None:
    types = {space.id: space.space_type for space in demo.spaces}
    owners = {member.id: member.user_id for member in demo.members}
    plans = {owners[plan.member_id]: plan for plan in demo.subscriptions}
    covered = defaultdict(list)
    for booking in demo.bookings:
        if booking.covered_by_plan:
            plan = plans[booking.user_id]
            assert types[booking.space_id] in plan.plan_type.covered_types
            assert plan.created_at <= booking.created_at
            if plan.status is SubscriptionStatus.CANCELLED:
                assert booking.period.end <= plan.current_period.end
            covered[booking.user_id].append(booking)
    for bookings in covered.values():
        for one, other in pairwise(sorted(bookings, key=lambda each: each.period)):
            assert not one.period.overlaps(other.period) or _freed_before(one, other)


def _freed_before(one: Booking, other: Booking) -> bool:
    """Whether one of the two was given up before the other was booked."""
    first, second = sorted((one, other), key=lambda each: each.created_at)
    return first.cancelled_at is not None and first.cancelled_at <= second.created_at


def test_the_statuses_fit_the_time(demo: DemoHouse, house: House) -> None:
    seen = set()
    for booking in demo.bookings:
        seen.add(booking.status)
        no_show_from = booking.no_show_from(house.no_show_grace)
        match booking.status:
            case BookingStatus.PENDING:
                assert booking.hold_expires_at is not None
                assert booking.hold_expires_at > NOON
            case BookingStatus.CONFIRMED:
                assert no_show_from + timedelta(minutes=1) > NOON
            case BookingStatus.CHECKED_IN:
                assert booking.period.start - CHECK_IN_OPENS_BEFORE <= NOON < booking.period.end
            case BookingStatus.COMPLETED:
                assert booking.checked_out_at is not None
                assert booking.checked_out_at <= NOON
            case BookingStatus.NO_SHOW:
                assert no_show_from <= NOON
            case BookingStatus.CANCELLED:
                assert booking.cancelled_at is not None
                assert booking.cancelled_at <= NOON
                assert booking.cancelled_at < booking.period.start
    assert seen >= set(BookingStatus) - {BookingStatus.PENDING}


def test_nothing_happens_after_now_or_before_it_can(demo: DemoHouse) -> None:
    joined = {user.id: user.created_at for user in demo.users}
    for booking in demo.bookings:
        assert joined[booking.user_id] <= booking.created_at < booking.period.start
        times = [booking.checked_in_at, booking.checked_out_at, booking.cancelled_at, NOON]
        happened = [booking.created_at, *(time for time in times if time is not None)]
        assert happened == sorted(happened)
        assert booking.created_at <= booking.updated_at <= NOON
    assert all(user.created_at <= NOON for user in demo.users)


def test_versions_count_the_changes(demo: DemoHouse) -> None:
    for booking in demo.bookings:
        assert (booking.version == 1) == (booking.updated_at == booking.created_at)
    assert {booking.version for booking in demo.bookings} == {1, 2, 3, 4}


def test_every_stay_has_its_log_and_nobody_sits_on_anothers_lap(demo: DemoHouse) -> None:
    bookings = {booking.id: booking for booking in demo.bookings}
    attended = [booking for booking in demo.bookings if booking.checked_in_at is not None]
    assert len(attended) == len(demo.occupancy_logs)
    desks = defaultdict(list)
    for log in demo.occupancy_logs:
        booking = bookings[log.booking_id]
        assert (log.space_id, log.occupied_at, log.vacated_at) == (
            booking.space_id,
            booking.checked_in_at,
            booking.checked_out_at,
        )
        desks[booking.space_id, booking.desk].append((log.occupied_at, log.vacated_at or NOON))
    for stays in desks.values():
        for (_, left), (came, _) in pairwise(sorted(stays)):
            assert left <= came


def test_invoices_agree_with_their_bookings(demo: DemoHouse) -> None:
    invoices = {
        invoice.booking_id: invoice for invoice in demo.invoices if invoice.booking_id is not None
    }
    assert len(invoices) == sum(booking.amount > ZERO for booking in demo.bookings)
    for booking in demo.bookings:
        invoice = invoices.get(booking.id)
        if invoice is None:
            assert booking.paid == booking.refunded == ZERO
            continue
        is_paid = invoice.status is InvoiceStatus.PAID
        assert (invoice.user_id, invoice.space_id) == (booking.user_id, booking.space_id)
        assert invoice.amount == booking.amount
        assert booking.paid == (booking.amount if is_paid else ZERO)
        assert booking.refunded == invoice.refunded
        assert (invoice.status is InvoiceStatus.DRAFT) == (booking.status is BookingStatus.PENDING)
        if invoice.status is InvoiceStatus.VOID or booking.refunded > ZERO:
            assert booking.status is BookingStatus.CANCELLED


def test_what_was_cancelled_a_day_ahead_costs_nothing(demo: DemoHouse) -> None:
    in_time = [
        booking
        for booking in demo.bookings
        if booking.cancelled_at is not None
        and booking.cancelled_at <= min(booking.period.start - DAY, NOON - HOUR)
    ]
    assert in_time
    assert all(booking.paid == booking.refunded for booking in in_time)


def test_some_do_not_come_and_some_cancel(demo: DemoHouse) -> None:
    past = [booking.status for booking in demo.bookings if booking.period.end < NOON]
    assert 0.03 < past.count(BookingStatus.NO_SHOW) / len(past) < 0.05
    assert 0.065 < past.count(BookingStatus.CANCELLED) / len(past) < 0.105


def test_days_and_hours_have_the_rhythm_of_a_house(demo: DemoHouse) -> None:
    starts = [booking.period.start.astimezone(ISTANBUL) for booking in demo.bookings]
    weekdays = Counter(start.weekday() for start in starts)
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
        weekdays[day] for day in range(7)
    )
    assert min(tuesday, wednesday, thursday) > 1.15 * max(monday, friday)
    assert min(monday, friday) > 2 * saturday > 4 * sunday > 0

    rooms = {space.id for space in demo.spaces if space.space_type is SpaceType.MEETING_ROOM}
    meetings = Counter(
        start.hour
        for start, booking in zip(starts, demo.bookings, strict=True)
        if booking.space_id in rooms
    )
    assert meetings[12] < min(meetings[10], meetings[14]) / 2
    present = Counter(
        hour
        for booking in demo.bookings
        for hour in (10, 19)
        if booking.period.duration < DAY
        and booking.period.start.astimezone(ISTANBUL).hour
        <= hour
        < booking.period.end.astimezone(ISTANBUL).hour
    )
    assert present[10] > 3 * present[19]


def test_the_house_grows_and_fewer_have_booked_what_is_far_ahead(demo: DemoHouse) -> None:
    weeks = Counter((booking.period.start - NOON) // (7 * DAY) for booking in demo.bookings)
    assert weeks[-1] > 1.2 * weeks[-11]
    assert weeks[-1] > weeks[0] > weeks[1] > weeks[2] > 0
    first = NOON - 90 * DAY
    assert 0.5 < sum(user.created_at < first for user in demo.users) / len(demo.users) < 0.8


def test_spaces_are_of_all_types_with_rates_that_make_sense(demo: DemoHouse) -> None:
    assert len(demo.spaces) == 24
    assert {space.space_type for space in demo.spaces} == set(SpaceType)
    assert len({space.name for space in demo.spaces}) == 24
    for space in demo.spaces:
        assert space.description
        assert space.amenities
        hourly, daily, monthly = (
            space.tariff.hourly,
            space.tariff.daily,
            space.tariff.monthly,
        )
        if hourly and daily:
            assert hourly * 2 < daily < hourly * 8
        if daily and monthly:
            assert daily * 6 < monthly < daily * 20


def test_there_is_always_a_free_meeting_room_for_the_walk_through(demo: DemoHouse) -> None:
    booked = {booking.space_id for booking in demo.bookings}
    rooms = [space for space in demo.spaces if space.space_type is SpaceType.MEETING_ROOM]
    assert any(room.opening_hours is None and room.id not in booked for room in rooms)


def test_members_can_be_told_apart_and_use_addresses_that_nobody_has(demo: DemoHouse) -> None:
    emails = [user.email.value for user in demo.users]
    assert len(set(emails)) == len(emails) == len(demo.members)
    assert all(
        email.rpartition(".")[0].endswith("@example") or email.endswith(".example")
        for email in emails
    )
    assert len({user.full_name for user in demo.users}) == len(emails)
    third = len(demo.subscriptions) / len(demo.members)
    assert 0.2 < third < 0.45


def test_the_demo_log_ins_are_there_and_have_something_to_see(demo: DemoHouse) -> None:
    users = {user.email.value: user for user in demo.users}
    assert [log_in.role for log_in in DEMO_LOG_INS] == [Role.SUPER_ADMIN, Role.ADMIN, Role.MEMBER]
    for log_in in DEMO_LOG_INS:
        user = users[log_in.email]
        assert (user.role, user.full_name, user.is_active) == (log_in.role, log_in.full_name, True)
        check_password(DEMO_PASSWORD, user.email)
    member = users[DEMO_LOG_INS[-1].email]
    starts = [each.period.start for each in demo.bookings if each.user_id == member.id]
    assert min(starts) < NOON < max(starts)


def test_ids_tell_when_they_were_made_and_are_unique(demo: DemoHouse) -> None:
    ids = [entity.id for entities in contents(demo).values() for entity in entities]
    assert len(set(ids)) == len(ids)
    assert {each.version for each in ids} == {7}
    for booking in demo.bookings:
        assert booking.id.int >> 80 == int(booking.created_at.timestamp() * 1000)


def test_progress_is_told_to_the_end(house: House) -> None:
    told: dict[str, list[int]] = {}
    plan = DemoPlan(bookings=300, days_back=20, days_ahead=5)
    generate(
        plan,
        house,
        now=NOON,
        password_hash="a hash",
        progress=lambda what, done, total: told.setdefault(what, []).extend([done, total]),
    )
    assert set(told) == {"Bookings", "Stays"}
    for numbers in told.values():
        assert numbers[-2] == numbers[-1]
        assert numbers[::2] == sorted(numbers[::2])
