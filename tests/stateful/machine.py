"""Hypothesis state machine: what members, admins and time may do to bookings, in any order."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from functools import wraps
from itertools import combinations
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from application.bookings.booking_request import BookingRequest
from application.bookings.cancel_booking import Cancellation
from application.bookings.change_booking import BookingChanges
from application.bookings.find_bookings import FindBookingsQuery
from application.bookings.quote_booking import QuoteResult
from application.common.caller import Caller
from application.ports.bookings import BookingFilter
from application.ports.spaces import SpaceFilter
from application.spaces.find_spaces import FindSpacesQuery
from application.spaces.update_space import SpaceChanges
from domain.availability import Availability
from domain.bookings import Booking, BookingStatus
from domain.cancellation import RefundChoice
from domain.house import CHECK_IN_OPENS_BEFORE, Confirmation
from domain.invoices import InvoiceStatus
from domain.local_time import MINUTE
from domain.money import ZERO, Money
from domain.opening_hours import OpeningHours
from domain.period import Period
from domain.spaces import Space
from domain.subscriptions import PlanType, Subscription, SubscriptionStatus
from domain.tariff import Tariff
from domain.users import Role
from tests.entities import MONDAY, a_subscription, save_all
from tests.stateful.twin_applications import Refusal, TwinApplications
from tests.unit.application.keyed_requests import book_once
from tests.unit.application.world import World

ADMIN = 2
"""Index of the admin among the people; the others are members."""
STEP = 15 * MINUTE
LENGTHS = [STEP, 2 * STEP, 4 * STEP, 8 * STEP, timedelta(hours=26)]
LEGAL = {
    None: {BookingStatus.PENDING, BookingStatus.CONFIRMED},
    BookingStatus.PENDING: {BookingStatus.CONFIRMED, BookingStatus.CANCELLED},
    BookingStatus.CONFIRMED: {
        BookingStatus.CHECKED_IN,
        BookingStatus.NO_SHOW,
        BookingStatus.CANCELLED,
    },
    BookingStatus.CHECKED_IN: {BookingStatus.COMPLETED},
    BookingStatus.COMPLETED: set(),
    BookingStatus.CANCELLED: set(),
    BookingStatus.NO_SHOW: set(),
}

people = st.integers(0, 2)
spaces = st.integers(0, 3)
starts = st.integers(-2, 12)
lengths = st.sampled_from(LENGTHS)
any_booking = st.integers(0, 1_000)
actors = st.sampled_from(["owner", "owner", "admin", "admin", "other"])

Step = Callable[..., Coroutine[Any, Any, None]]


def awaited(step: Step) -> Callable[..., None]:
    """Run the step to its end on the machine's event loop."""

    @wraps(step)
    def run(self: "BookingEngine", **drawn: Any) -> None:
        # `runner.run` would install signal handlers for each step.
        self.runner.get_loop().run_until_complete(step(self, **drawn))

    return run


class BookingEngine(RuleBasedStateMachine):
    """Drives both applications, and checks all invariants after each step."""

    def __init__(self, runner: asyncio.Runner, empty: Callable[..., Any]) -> None:
        super().__init__()
        self.runner = runner
        self._empty = empty
        self.bookings: list[Booking] = []
        self.plans: dict[int, Subscription] = {}
        self.statuses: dict[Any, BookingStatus] = {}

    @initialize(confirmation=st.sampled_from(Confirmation))
    @awaited
    async def open(self, confirmation: Confirmation) -> None:
        self.twins = TwinApplications(await self._empty(), confirmation)
        twins = self.twins
        self.people = [await twins.a_caller() for _ in range(2)]
        self.people.append(await twins.a_caller(Role.ADMIN))
        self.spaces = [
            await twins.same(lambda world: world.a_space()),
            await twins.same(lambda world: world.a_space(tariff=Tariff(daily=Money(30_00)))),
            await twins.same(lambda world: world.a_zone(2)),
            await twins.same(lambda world: world.a_zone(1, opening_hours=WORKDAY)),
        ]
        self.state = await twins.read_state()

    # What members and admins do

    @rule(who=people, where=spaces, start=starts, length=lengths, for_member=st.booleans())
    @awaited
    async def book(
        self, who: int, where: int, start: int, length: timedelta, for_member: bool
    ) -> None:
        caller, space, period = self.people[who], self.spaces[where], self.period(start, length)
        request = BookingRequest(
            space_id=space.id,
            start=period.start,
            end=period.end,
            user_id=self.people[0].user_id if for_member and who == ADMIN else None,
        )
        offer = await self.twins.same(lambda world: world.quote_booking(caller, request))
        booking = await self.twins.same(lambda world: world.create_booking(caller, request))
        if isinstance(booking, Booking):
            assert isinstance(offer, QuoteResult)
            assert offer.available
            assert offer.quote.amount == booking.amount
            assert offer.quote.covered_by_plan == booking.covered_by_plan
            self.bookings.append(booking)
        elif booking.code == "booking_conflict":
            assert isinstance(offer, QuoteResult)
            assert not offer.available
        else:
            assert offer == booking

    @rule(who=st.integers(0, 1), where=spaces, start=starts, length=lengths)
    @awaited
    async def check_availability_and_book(
        self, who: int, where: int, start: int, length: timedelta
    ) -> None:
        """A period is reported as available exactly when it can be booked."""
        caller, space, period = self.people[who], self.spaces[where], self.period(start, length)
        is_available = await self._is_available(space, period, caller)
        request = BookingRequest(space_id=space.id, start=period.start, end=period.end)
        booking = await self.twins.same(lambda world: world.create_booking(caller, request))
        assert is_available is isinstance(booking, Booking)
        if isinstance(booking, Booking):
            self.bookings.append(booking)

    async def _is_available(self, space: Space, period: Period, caller: Caller) -> bool:
        query = FindSpacesQuery(
            caller=caller, criteria=SpaceFilter(), free_for=period, after=None, limit=10
        )
        page = await self.twins.same(lambda world: world.find_spaces(query))
        availability = await self.twins.same(
            lambda world: world.get_availability(space.id, period, caller)
        )
        if not isinstance(availability, Availability):
            assert availability.code == "not_found"
            return False
        # Spaces are also listed for periods in the past or far ahead, which only booking rejects.
        assert availability.is_available <= (space.id in {listed.id for listed in page.items})
        return availability.is_available

    @rule(who=people, where=spaces, start=starts, length=lengths, key=st.sampled_from("ab"))
    @awaited
    async def book_with_a_key(
        self, who: int, where: int, start: int, length: timedelta, key: str
    ) -> None:
        caller, space, period = self.people[who], self.spaces[where], self.period(start, length)
        before = set(self.state.bookings)

        async def book(world: World) -> Any:
            from_hour = (period.start - MONDAY) / timedelta(hours=1)
            to_hour = (period.end - MONDAY) / timedelta(hours=1)
            return await book_once(world, caller, key, space, from_hour, to_hour)

        answer = await self.twins.same(book)
        new = [
            booking
            for booking in (await self.twins.read_state()).bookings.values()
            if booking.id not in before
        ]
        self.bookings += new
        if isinstance(answer, Refusal) or answer.is_replayed:
            assert new == []

    @precondition(lambda self: self.bookings)
    @rule(
        which=any_booking,
        who=actors,
        start=st.none() | starts,
        length=lengths,
        where=st.none() | spaces,
        notes=st.sampled_from([None, "Quiet, please", ...]),
        expects_version=st.sampled_from([False, False, False, True]),
    )
    @awaited
    async def change(
        self,
        which: int,
        who: str,
        start: int | None,
        length: timedelta,
        where: int | None,
        notes: Any,
        expects_version: bool,
    ) -> None:
        booking = self.booking(which)
        caller = self.actor(booking, who)
        changes = BookingChanges()
        if start is not None:
            period = self.period(start, length)
            changes["start"], changes["end"] = period.start, period.end
        if where is not None:
            changes["space_id"] = self.spaces[where].id
        if notes is not ...:
            changes["notes"] = notes
        expected = 1 if expects_version else None
        await self.twins.same(
            lambda world: world.change_booking(caller, booking.id, changes, expected)
        )

    @rule(
        who=st.integers(0, 1),
        where=spaces,
        start=st.integers(1, 12),
        length=lengths,
        quarters=st.integers(-8, 4),
    )
    @awaited
    async def book_pay_and_change_the_end(
        self, who: int, where: int, start: int, length: timedelta, quarters: int
    ) -> None:
        caller, space, period = self.people[who], self.spaces[where], self.period(start, length)
        request = BookingRequest(space_id=space.id, start=period.start, end=period.end)
        booking = await self.twins.same(lambda world: world.create_booking(caller, request))
        if not isinstance(booking, Booking):
            return
        self.bookings.append(booking)
        await self._check()
        admin = self.people[ADMIN]
        await self.twins.same(lambda world: world.confirm_booking(admin, booking.id))
        await self._check()
        changes = BookingChanges(end=max(period.start + STEP, period.end + quarters * STEP))
        await self.twins.same(lambda world: world.change_booking(caller, booking.id, changes))

    @precondition(lambda self: self.bookings)
    @rule(which=any_booking, other=any_booking)
    @awaited
    async def move_onto_another_booking(self, which: int, other: int) -> None:
        booking, taken = self.stored(which), self.stored(other)
        changes = BookingChanges(
            start=taken.period.start, end=taken.period.end, space_id=taken.space_id
        )
        owner = self.actor(booking, "owner")
        await self.twins.same(lambda world: world.change_booking(owner, booking.id, changes))

    @precondition(lambda self: self.bookings)
    @rule(which=any_booking, who=actors)
    @awaited
    async def confirm(self, which: int, who: str) -> None:
        booking = self.booking(which)
        caller = self.actor(booking, who)
        await self.twins.same(lambda world: world.confirm_booking(caller, booking.id))

    @precondition(lambda self: self.bookings)
    @rule(which=any_booking, who=actors, refund=st.none() | st.sampled_from(RefundChoice))
    @awaited
    async def cancel(self, which: int, who: str, refund: RefundChoice | None) -> None:
        booking = self.booking(which)
        caller = self.actor(booking, who)
        cancellation = Cancellation(reason="Ill", refund=refund)
        await self.twins.same(lambda world: world.cancel_booking(caller, booking.id, cancellation))

    @precondition(lambda self: self.bookings)
    @rule(which=any_booking, who=actors, checks_out=st.booleans())
    @awaited
    async def check_in_or_out(self, which: int, who: str, checks_out: bool) -> None:
        booking = self.booking(which)
        caller = self.actor(booking, who)
        await self.twins.same(
            lambda world: (world.check_out if checks_out else world.check_in)(caller, booking.id)
        )

    @precondition(lambda self: self.bookings)
    @rule(which=any_booking, late=st.booleans(), checks_out=st.booleans())
    @awaited
    async def attend(self, which: int, late: bool, checks_out: bool) -> None:
        """Check in as early or late as allowed, and perhaps check out."""
        booking = self.stored(which)
        last_moment = booking.period.end - timedelta(microseconds=1)
        self.wait_until(last_moment if late else booking.period.start - CHECK_IN_OPENS_BEFORE)
        owner = self.actor(booking, "owner")
        await self.twins.same(lambda world: world.check_in(owner, booking.id))
        if checks_out:
            await self._check()
            await self.twins.same(lambda world: world.check_out(owner, booking.id))

    @rule(who=people, statuses=st.sets(st.sampled_from(BookingStatus)), start=starts)
    @awaited
    async def list_bookings(self, who: int, statuses: set[BookingStatus], start: int) -> None:
        period = self.period(start, LENGTHS[-1])
        criteria = BookingFilter(
            statuses=frozenset(statuses), overlaps_from=period.start, overlaps_to=period.end
        )
        query = FindBookingsQuery(criteria=criteria, after=None, limit=5)
        await self.twins.same(lambda world: world.find_bookings(self.people[who], query))

    # What time does

    @rule(by=st.sampled_from([5 * MINUTE, STEP, 4 * STEP, timedelta(hours=5), timedelta(days=1)]))
    def pass_time(self, by: timedelta) -> None:
        self.twins.pass_time(by)

    @precondition(lambda self: self.bookings)
    @rule(which=any_booking, what=st.integers(0, 3), early=st.booleans())
    def wait_for_event(self, which: int, what: int, early: bool) -> None:
        """Advance the time to an event of a booking, or to just before it."""
        booking, house = self.stored(which), self.twins.house
        times = (
            booking.hold_expires_at or booking.period.start,
            booking.period.start,
            booking.no_show_from(house.no_show_grace),
            booking.period.end,
        )
        self.wait_until(times[what] - timedelta(microseconds=early))

    @rule(holds=st.booleans())
    @awaited
    async def sweep(self, holds: bool) -> None:
        await self.twins.same(
            lambda world: world.expire_holds() if holds else world.mark_no_shows()
        )

    @rule(who=st.integers(0, 1), plan_type=st.sampled_from(PlanType))
    @awaited
    async def begin_or_end_a_plan(self, who: int, plan_type: PlanType) -> None:
        plan, caller = self.plans.pop(who, None), self.people[who]
        if plan is None:
            self.plans[who] = plan = await self._new_plan(caller, plan_type)
            await self.twins.same(lambda world: save_all(world.unit_of_work, plan))
        else:
            await self.twins.same(lambda world: _end(world, caller))

    async def _new_plan(self, caller: Caller, plan_type: PlanType) -> Subscription:
        member = await self.twins.same(lambda world: world.member(caller))
        return a_subscription(member, plan_type=plan_type)

    # What happens to spaces

    @rule(
        where=spaces,
        changes=st.sampled_from(
            [
                SpaceChanges(hourly=Money(7_77), daily=None),
                SpaceChanges(hourly=ZERO),
                SpaceChanges(hourly=Money(99_00)),
                SpaceChanges(capacity=1),
                SpaceChanges(capacity=3),
                SpaceChanges(is_active=True),
            ]
        ),
    )
    @awaited
    async def change_space(self, where: int, changes: SpaceChanges) -> None:
        admin, space = self.people[ADMIN], self.spaces[where]
        await self.twins.same(lambda world: world.update_space(admin, space.id, changes))

    @rule(where=spaces, cancels=st.booleans(), for_good=st.booleans())
    @awaited
    async def delete_space(self, where: int, cancels: bool, for_good: bool) -> None:
        admin, space = self.people[ADMIN], self.spaces[where]
        await self.twins.same(
            lambda world: world.delete_space(admin, space.id, cancel_bookings=cancels)
        )
        if not for_good:
            reopened = SpaceChanges(is_active=True)
            await self.twins.same(lambda world: world.update_space(admin, space.id, reopened))

    # Invariants

    @invariant()
    @awaited
    async def all_invariants_hold(self) -> None:
        await self._check()

    async def _check(self) -> None:
        before, self.state = self.state, await self.twins.read_state()
        if self.state == before:
            return
        self._check_no_desk_is_double_booked()
        self._check_status_transitions()
        self._check_money()

    def _check_no_desk_is_double_booked(self) -> None:
        occupying = [booking for booking in self.state.bookings.values() if booking.occupies_slot]
        for booking, other in combinations(occupying, 2):
            same_desk = (booking.space_id, booking.desk) == (other.space_id, other.desk)
            assert not (same_desk and booking.period.overlaps(other.period))
        desks = {space.id: space.desks for space in self.state.spaces}
        now = self.twins.now()
        for booking in occupying:
            is_to_come = booking.period.end > now and not booking.is_hold_expired(at=now)
            assert booking.desk <= desks[booking.space_id] or not is_to_come

    def _check_status_transitions(self) -> None:
        for booking in self.state.bookings.values():
            before = self.statuses.get(booking.id)
            assert booking.status == before or booking.status in LEGAL[before]
            self.statuses[booking.id] = booking.status

    def _check_money(self) -> None:
        for booking in self.state.bookings.values():
            invoice = self.state.invoices.get(booking.id)
            refunded = self.state.refunds.get(booking.id, ZERO)
            invoiced = ZERO
            if invoice is not None and invoice.status is not InvoiceStatus.VOID:
                invoiced = invoice.amount
                assert (invoice.status is InvoiceStatus.PAID) == bool(booking.paid)
                assert invoice.space_id == booking.space_id
            assert refunded <= booking.paid <= invoiced
            if booking.status is BookingStatus.CANCELLED:
                assert invoice is None or invoice.status is not InvoiceStatus.DRAFT
            else:
                assert invoiced == booking.amount + refunded
                assert (booking.status is BookingStatus.PENDING) == (
                    invoice is not None and invoice.status is InvoiceStatus.DRAFT
                )

    # Lookups

    def booking(self, which: int) -> Booking:
        return self.bookings[which % len(self.bookings)]

    def stored(self, which: int) -> Booking:
        """Return the booking as the last check read it."""
        booking = self.booking(which)
        return self.state.bookings.get(booking.id, booking)

    def actor(self, booking: Booking, who: str) -> Caller:
        owners = [caller for caller in self.people if caller.user_id == booking.user_id]
        others = [caller for caller in self.people[:ADMIN] if caller not in owners]
        return {"owner": owners[0], "admin": self.people[ADMIN], "other": others[0]}[who]

    def wait_until(self, instant: datetime) -> None:
        self.twins.pass_time(max(timedelta(0), instant - self.twins.now()))

    def period(self, start: int, length: timedelta) -> Period:
        """Return a period that starts `start` half hours from now, on the grid."""
        now = self.twins.now()
        on_grid: datetime = now - (now - MONDAY) % STEP
        begins = on_grid + start * 2 * STEP
        return Period(begins, begins + length)


async def _end(world: World, caller: Caller) -> None:
    member = await world.member(caller)
    async with world.unit_of_work() as uow:
        # Every slot holds the booker's current plan.
        space = (await uow.spaces.list(SpaceFilter(), after=None, limit=1))[0]
        slot = await uow.schedules.slot(space.id, Period(MONDAY, MONDAY + STEP), caller.user_id)
        assert slot is not None
        assert slot.subscription is not None
        assert slot.subscription.member_id == member.id
        plan = slot.subscription
        uow.subscriptions.save(
            replace(plan, status=SubscriptionStatus.CANCELLED, version=plan.version + 1)
        )
        await uow.commit()


WORKDAY = OpeningHours.parse({"monday": [["08:00", "18:00"]], "tuesday": [["00:00", "24:00"]]})
