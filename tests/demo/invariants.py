"""The rules that all demo data keeps, whatever its date, time zone, seed and size."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from uuid import UUID

from domain.booking_rules import check_booking_time
from domain.bookings import Booking, BookingStatus
from domain.house import CHECK_IN_OPENS_BEFORE, House
from domain.invoices import InvoiceStatus
from domain.local_time import DAY, MINUTE, start_of_day, wall_clock
from domain.money import ZERO
from domain.period import Period
from domain.pricing import Quote, cheapest_cover
from domain.spaces import SpaceType
from domain.subscriptions import SubscriptionStatus
from entrypoints.demo_data import DemoData
from tests.demo.sample_data import entities_by_table


def check_invariants(demo: DemoData, house: House) -> None:
    """Assert every rule of this module."""
    check_number_of_bookings(demo)
    check_desks_have_one_booking_at_a_time(demo)
    check_people_are_in_one_place_at_a_time(demo)
    check_booking_times(demo, house)
    check_prices(demo, house)
    check_plan_coverage(demo)
    check_statuses(demo, house)
    check_times_are_in_order(demo, house)
    check_versions(demo)
    check_occupancy_logs(demo)
    check_invoices(demo)
    check_free_cancellations(demo)
    check_accounts(demo)
    check_ids(demo)


def check_number_of_bookings(demo: DemoData) -> None:
    assert len(demo.bookings) + demo.unplaced == demo.plan.bookings


def check_desks_have_one_booking_at_a_time(demo: DemoData) -> None:
    desks: dict[tuple[UUID, int], list[Period]] = defaultdict(list)
    for booking in demo.bookings:
        desks[booking.space_id, booking.desk].append(booking.period)
    for periods in desks.values():
        _check_disjoint(periods)


def check_people_are_in_one_place_at_a_time(demo: DemoData) -> None:
    """Assert that each person is at one desk and in one meeting room at a time."""
    types = {space.id: space.space_type for space in demo.spaces}
    people: dict[tuple[UUID, bool], list[Period]] = defaultdict(list)
    for booking in demo.bookings:
        is_meeting = types[booking.space_id] is SpaceType.MEETING_ROOM
        people[booking.user_id, is_meeting].append(booking.period)
    for periods in people.values():
        _check_disjoint(periods)


def _check_disjoint(periods: list[Period]) -> None:
    for earlier, later in pairwise(sorted(periods)):
        assert earlier.end <= later.start


def check_booking_times(demo: DemoData, house: House) -> None:
    """Assert the house's booking rules, which include the opening hours."""
    spaces = {space.id: space for space in demo.spaces}
    for booking in demo.bookings:
        space = spaces[booking.space_id]
        assert booking.desk <= space.desks
        check_booking_time(booking.period, space, house, now=booking.created_at, by_admin=False)


def check_prices(demo: DemoData, house: House) -> None:
    spaces = {space.id: space for space in demo.spaces}
    for booking in demo.bookings:
        price = Quote(
            cheapest_cover(booking.period, spaces[booking.space_id].tariff, house.timezone),
            booking.covered_by_plan,
        )
        assert booking.amount == price.amount


def check_plan_coverage(demo: DemoData) -> None:
    """Assert that a plan covers only what it may, and one booking at a time."""
    types = {space.id: space.space_type for space in demo.spaces}
    owners = {member.id: member.user_id for member in demo.members}
    plans = {owners[plan.member_id]: plan for plan in demo.subscriptions}
    covered: dict[UUID, list[Booking]] = defaultdict(list)
    for booking in demo.bookings:
        if booking.covered_by_plan:
            plan = plans[booking.user_id]
            assert types[booking.space_id] in plan.plan_type.covered_types
            assert plan.created_at <= booking.created_at
            if plan.status is SubscriptionStatus.CANCELLED:
                assert booking.period.end <= plan.current_period.end
            covered[booking.user_id].append(booking)
    for bookings in covered.values():
        for earlier, later in pairwise(sorted(bookings, key=lambda booking: booking.period)):
            assert not earlier.period.overlaps(later.period) or _is_released_before(earlier, later)


def _is_released_before(booking: Booking, other: Booking) -> bool:
    """Whether one of the two was cancelled before the other was made."""
    first, second = sorted((booking, other), key=lambda each: each.created_at)
    return first.cancelled_at is not None and first.cancelled_at <= second.created_at


def check_statuses(demo: DemoData, house: House) -> None:
    for booking in demo.bookings:
        no_show_from = booking.no_show_from(house.no_show_grace)
        match booking.status:
            case BookingStatus.PENDING:
                assert booking.hold_expires_at is not None
                assert booking.hold_expires_at > demo.now
            case BookingStatus.CONFIRMED:
                assert no_show_from + MINUTE > demo.now
            case BookingStatus.CHECKED_IN:
                opens_at = booking.period.start - CHECK_IN_OPENS_BEFORE
                assert opens_at <= demo.now < booking.period.end
            case BookingStatus.COMPLETED:
                assert booking.checked_out_at is not None
                assert booking.checked_out_at <= demo.now
            case BookingStatus.NO_SHOW:
                assert no_show_from <= demo.now
            case BookingStatus.CANCELLED:
                assert booking.cancelled_at is not None
                assert booking.cancelled_at <= demo.now
                assert booking.cancelled_at < booking.period.start


def check_times_are_in_order(demo: DemoData, house: House) -> None:
    """Assert that nothing happens after now, or before it can.

    All bookings are made before today, so that they do not depend on the time of day.
    """
    joined = {user.id: user.created_at for user in demo.users}
    today = start_of_day(wall_clock(demo.now, house.timezone).date(), house.timezone)
    for booking in demo.bookings:
        assert joined[booking.user_id] <= booking.created_at < min(booking.period.start, today)
        times = [booking.checked_in_at, booking.checked_out_at, booking.cancelled_at, demo.now]
        happened = [booking.created_at, *(time for time in times if time is not None)]
        assert happened == sorted(happened)
        assert booking.created_at <= booking.updated_at <= demo.now
    assert all(user.created_at <= demo.now for user in demo.users)


def check_versions(demo: DemoData) -> None:
    for booking in demo.bookings:
        assert (booking.version == 1) == (booking.updated_at == booking.created_at)


def check_occupancy_logs(demo: DemoData) -> None:
    """Assert that every stay has its log, and that a desk has one person on it at a time."""
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
        desks[booking.space_id, booking.desk].append((log.occupied_at, log.vacated_at or demo.now))
    for stays in desks.values():
        for (_, left_at), (arrived_at, _) in pairwise(sorted(stays)):
            assert left_at <= arrived_at


def check_invoices(demo: DemoData) -> None:
    """Assert that the invoices agree with their bookings."""
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


def check_free_cancellations(demo: DemoData) -> None:
    assert all(booking.paid == booking.refunded for booking in cancelled_in_time(demo))


def cancelled_in_time(demo: DemoData) -> Iterator[Booking]:
    """The bookings cancelled a day ahead, and long enough ago to be refunded by now."""
    for booking in demo.bookings:
        latest = min(booking.period.start - DAY, demo.now - 60 * MINUTE)
        if booking.cancelled_at is not None and booking.cancelled_at <= latest:
            yield booking


def check_accounts(demo: DemoData) -> None:
    """Assert that names and e-mail addresses are unique, and that the addresses are reserved."""
    emails = [user.email.value for user in demo.users]
    assert len(set(emails)) == len(emails) == len(demo.members)
    assert all(
        email.rpartition(".")[0].endswith("@example") or email.endswith(".example")
        for email in emails
    )
    assert len({user.full_name for user in demo.users}) == len(emails)


def check_ids(demo: DemoData) -> None:
    """Assert that ids are unique UUIDv7, and that a booking's has the time of its creation."""
    ids = [entity.id for entities in entities_by_table(demo).values() for entity in entities]
    assert len(set(ids)) == len(ids)
    assert {each.version for each in ids} == {7}
    for booking in demo.bookings:
        assert booking.id.int >> 80 == int(booking.created_at.timestamp() * 1000)
