"""Demo data keeps every rule of the house, is realistic, and is the same for the same seed."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from domain.booking_rules import check_booking_time
from domain.bookings import BookingStatus
from domain.house import House
from domain.local_time import DAY
from domain.spaces import SpaceType
from domain.users import Role, check_password
from entrypoints.demo_data import DEMO_ACCOUNTS, DEMO_PASSWORD, DemoData, DemoPlan, generate
from tests.demo.invariants import (
    cancelled_in_time,
    check_accounts,
    check_booking_times,
    check_desks_have_one_booking_at_a_time,
    check_free_cancellations,
    check_ids,
    check_invoices,
    check_number_of_bookings,
    check_occupancy_logs,
    check_people_are_in_one_place_at_a_time,
    check_plan_coverage,
    check_prices,
    check_statuses,
    check_times_are_in_order,
    check_versions,
)
from tests.demo.sample_data import ISTANBUL, NEW_YORK, NOON, entities_by_table, small_demo_data

HOUR = timedelta(hours=1)
ROOT = Path(__file__).parents[2]


def test_the_same_seed_generates_the_same_data(small: DemoData, house: House) -> None:
    assert entities_by_table(small_demo_data(house)) == entities_by_table(small)


def test_another_seed_generates_other_data(small: DemoData, other_seed: DemoData) -> None:
    ids = {booking.id for booking in small.bookings}
    assert not ids & {booking.id for booking in other_seed.bookings}
    assert [user.full_name for user in small.users] != [user.full_name for user in other_seed.users]


def test_the_data_does_not_depend_on_the_hash_seed(small: DemoData) -> None:
    script = (
        "import hashlib\n"
        "from domain.house import House\n"
        "from tests.demo.sample_data import ISTANBUL, small_demo_data, entities_by_table\n"
        "demo = entities_by_table(small_demo_data(House(timezone=ISTANBUL)))\n"
        "print(hashlib.sha256(repr(demo).encode()).hexdigest())\n"
    )
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    other_process = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    expected = hashlib.sha256(repr(entities_by_table(small)).encode()).hexdigest()
    assert other_process.stdout.strip() == expected


def test_later_the_same_day_it_is_the_same_data_further_along(
    small: DemoData, house: House
) -> None:
    morning, evening = small, small_demo_data(house, now=NOON + 8 * HOUR)
    later = {booking.id: booking for booking in evening.bookings}
    assert morning.users == evening.users
    assert later.keys() == {booking.id for booking in morning.bookings}
    assert any(later[booking.id].status is not booking.status for booking in morning.bookings)
    for booking in morning.bookings:
        evening_booking = later[booking.id]
        assert (
            evening_booking.user_id,
            evening_booking.space_id,
            evening_booking.desk,
            evening_booking.period,
            evening_booking.created_at,
        ) == (
            booking.user_id,
            booking.space_id,
            booking.desk,
            booking.period,
            booking.created_at,
        )
        assert evening_booking.version >= booking.version


@pytest.mark.parametrize("step", [timedelta(minutes=5), timedelta(minutes=60)])
def test_the_settings_of_the_house_apply(step: timedelta) -> None:
    # The days span the change to summer time in New York, on 8 March.
    house = House(timezone=NEW_YORK, booking_step=step, no_show_grace=timedelta(0))
    demo = small_demo_data(house)
    spaces = {space.id: space for space in demo.spaces}
    assert len(demo.bookings) > 500
    for booking in demo.bookings:
        check_booking_time(
            booking.period, spaces[booking.space_id], house, now=booking.created_at, by_admin=False
        )


def test_there_are_as_many_bookings_as_planned(demo: DemoData, plan: DemoPlan) -> None:
    assert demo.unplaced == 0
    assert len(demo.bookings) == plan.bookings


def test_a_full_house_reports_how_many_bookings_do_not_fit(house: House) -> None:
    plan = DemoPlan(bookings=2_500, days_back=0, days_ahead=0)
    demo = generate(plan, house, now=NOON + 9 * HOUR, password_hash="a hash")
    assert demo.unplaced > 0
    assert len(demo.bookings) > 500
    check_number_of_bookings(demo)


@pytest.mark.parametrize("bookings", [0, 1])
def test_a_plan_may_have_hardly_any_bookings(house: House, bookings: int) -> None:
    demo = small_demo_data(house, bookings=bookings)
    assert len(demo.bookings) == bookings
    assert demo.spaces
    assert demo.users


@pytest.mark.parametrize(
    "fields", [{"bookings": -1}, {"bookings": 1_000_001}, {"days_back": -1}, {"days_ahead": 91}]
)
def test_a_plan_has_its_bounds(fields: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="Expected"):
        DemoPlan(**fields)


def test_a_quarter_of_the_days_is_in_the_future() -> None:
    assert DemoPlan.for_days(120) == DemoPlan(days_back=90, days_ahead=30)
    assert DemoPlan.for_days(2_000).days_ahead == 30


def test_desks_have_one_booking_at_a_time(demo: DemoData) -> None:
    check_desks_have_one_booking_at_a_time(demo)


def test_people_are_at_one_desk_and_in_one_meeting_at_a_time(demo: DemoData) -> None:
    check_people_are_in_one_place_at_a_time(demo)


def test_every_booking_keeps_the_rules_and_opening_hours(demo: DemoData, house: House) -> None:
    check_booking_times(demo, house)


def test_prices_follow_the_rules(demo: DemoData, house: House) -> None:
    check_prices(demo, house)
    covered = sum(booking.covered_by_plan for booking in demo.bookings)
    assert 0.05 < covered / len(demo.bookings) < 0.3


def test_a_plan_covers_its_space_types_and_one_booking_at_a_time(demo: DemoData) -> None:
    check_plan_coverage(demo)


def test_the_statuses_fit_the_time(demo: DemoData, house: House) -> None:
    check_statuses(demo, house)
    seen = {booking.status for booking in demo.bookings}
    assert seen >= set(BookingStatus) - {BookingStatus.PENDING}


def test_nothing_happens_after_now_or_before_it_can(demo: DemoData, house: House) -> None:
    check_times_are_in_order(demo, house)


def test_versions_count_the_changes(demo: DemoData) -> None:
    check_versions(demo)
    assert {booking.version for booking in demo.bookings} == {1, 2, 3, 4}


def test_every_stay_has_its_log_and_a_desk_one_person_at_a_time(demo: DemoData) -> None:
    check_occupancy_logs(demo)


def test_invoices_agree_with_their_bookings(demo: DemoData) -> None:
    check_invoices(demo)


def test_bookings_cancelled_a_day_ahead_cost_nothing(demo: DemoData) -> None:
    assert list(cancelled_in_time(demo))
    check_free_cancellations(demo)


def test_some_bookings_are_no_shows_and_some_are_cancelled(demo: DemoData) -> None:
    past = [booking.status for booking in demo.bookings if booking.period.end < NOON]
    assert 0.03 < past.count(BookingStatus.NO_SHOW) / len(past) < 0.05
    assert 0.065 < past.count(BookingStatus.CANCELLED) / len(past) < 0.105


def test_weekdays_and_hours_have_a_realistic_distribution(demo: DemoData) -> None:
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


def test_bookings_grow_over_time_and_thin_out_ahead(demo: DemoData) -> None:
    weeks = Counter((booking.period.start - NOON) // (7 * DAY) for booking in demo.bookings)
    assert weeks[-1] > 1.2 * weeks[-11]
    assert weeks[-1] > weeks[0] > weeks[1] > weeks[2] > 0
    first = NOON - 90 * DAY
    assert 0.5 < sum(user.created_at < first for user in demo.users) / len(demo.users) < 0.8


def test_spaces_have_all_types_and_plausible_rates(demo: DemoData) -> None:
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


def test_a_meeting_room_is_always_free_for_the_walk_through(demo: DemoData) -> None:
    booked = {booking.space_id for booking in demo.bookings}
    rooms = [space for space in demo.spaces if space.space_type is SpaceType.MEETING_ROOM]
    assert any(room.opening_hours is None and room.id not in booked for room in rooms)


def test_members_have_unique_names_and_reserved_addresses(demo: DemoData) -> None:
    check_accounts(demo)
    share_with_plan = len(demo.subscriptions) / len(demo.members)
    assert 0.2 < share_with_plan < 0.45


def test_the_demo_accounts_exist_and_the_member_has_bookings(demo: DemoData) -> None:
    users = {user.email.value: user for user in demo.users}
    assert [account.role for account in DEMO_ACCOUNTS] == [
        Role.SUPER_ADMIN,
        Role.ADMIN,
        Role.MEMBER,
    ]
    for account in DEMO_ACCOUNTS:
        user = users[account.email]
        assert (user.role, user.full_name, user.is_active) == (
            account.role,
            account.full_name,
            True,
        )
        check_password(DEMO_PASSWORD, user.email)
    member = users[DEMO_ACCOUNTS[-1].email]
    starts = [booking.period.start for booking in demo.bookings if booking.user_id == member.id]
    assert min(starts) < NOON < max(starts)


def test_ids_are_unique_and_have_the_time_of_creation(demo: DemoData) -> None:
    check_ids(demo)


def test_progress_is_reported_to_the_end(house: House) -> None:
    reported: dict[str, list[int]] = {}
    plan = DemoPlan(bookings=300, days_back=20, days_ahead=5)
    generate(
        plan,
        house,
        now=NOON,
        password_hash="a hash",
        on_progress=lambda step, done, total: reported.setdefault(step, []).extend([done, total]),
    )
    assert set(reported) == {"Bookings", "Stays"}
    for numbers in reported.values():
        assert numbers[-2] == numbers[-1]
        assert numbers[::2] == sorted(numbers[::2])
