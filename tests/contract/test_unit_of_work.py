"""A unit of work reads committed data, and commits all of its writes or none."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from application.ports.bookings import BookingFilter
from application.ports.unit_of_work import Stale, UnitOfWork
from domain.bookings import Booking
from domain.invoices import Invoice
from domain.occupancy import OccupancyLog
from domain.sessions import RefreshSession
from domain.spaces import Space
from domain.subscriptions import Subscription, SubscriptionStatus
from domain.users import Member, User
from tests.contract.conftest import Store
from tests.contract.racing import all_at_once, won
from tests.entities import (
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


class SampleData:
    """One committed entity of each kind, and writes that change them."""

    def __init__(self) -> None:
        self.user: User = a_user()
        self.member: Member = a_member(self.user)
        self.session: RefreshSession = a_session(self.user)
        self.space: Space = a_zone(5)
        self.booking: Booking = a_booking(self.user, self.space, hours(9, 10))
        self.unpaid_booking: Booking = a_booking(self.user, self.space, hours(10, 11))
        self.invoice: Invoice = an_invoice(self.booking)
        self.log: OccupancyLog = a_log(self.booking)
        self.subscription: Subscription = a_subscription(self.member)

    async def build(self, store: Store) -> "SampleData":
        await save_all(
            store.unit_of_work,
            self.user,
            self.member,
            self.session,
            self.space,
            self.booking,
            self.unpaid_booking,
            self.subscription,
        )
        await save_all(store.unit_of_work, self.invoice, self.log)
        return self

    def save_next_versions(self, uow: UnitOfWork) -> None:
        uow.users.save(replace(self.user, full_name="Changed", version=2))
        uow.spaces.save(replace(self.space, name="Changed", version=2))
        uow.bookings.save(replace(self.booking, notes="Changed", version=2))
        uow.invoices.save(replace(self.invoice, description="Changed", version=2))
        uow.subscriptions.save(replace(self.subscription, cancel_at_period_end=True, version=2))
        uow.occupancy_logs.save(self.log.vacated(at=self.booking.period.end))

    async def changed_parts(self, store: Store) -> list[str]:
        """Return which of the entities are no longer as they were built."""
        async with store.unit_of_work() as uow:
            slot = await uow.schedules.slot(self.space.id, hours(9, 10), self.user.id)
            present = {
                "user": await uow.users.get(self.user.id),
                "space": await uow.spaces.get(self.space.id),
                "booking": await uow.bookings.get(self.booking.id),
                "invoice": (await uow.invoices.of_bookings([self.booking.id]))[self.booking.id],
                "subscription": slot and slot.subscription,
                "log": await uow.occupancy_logs.of_booking(self.booking.id),
            }
        return [name for name, entity in present.items() if entity != getattr(self, name)]


EVERYTHING = ["user", "space", "booking", "invoice", "subscription", "log"]

# Each adds one entity with the version that follows the given one.
NEXT_VERSIONS: dict[str, Callable[[UnitOfWork, SampleData, int], None]] = {
    "user": lambda uow, sample, version: uow.users.save(replace(sample.user, version=version + 1)),
    "space": lambda uow, sample, version: uow.spaces.save(
        replace(sample.space, version=version + 1)
    ),
    "booking": lambda uow, sample, version: uow.bookings.save(
        replace(sample.booking, version=version + 1)
    ),
    "invoice": lambda uow, sample, version: uow.invoices.save(
        replace(sample.invoice, version=version + 1)
    ),
    "subscription": lambda uow, sample, version: uow.subscriptions.save(
        replace(sample.subscription, version=version + 1)
    ),
}

# Each adds a new entity that conflicts with the stored ones.
TAKEN: dict[str, Callable[[UnitOfWork, SampleData], None]] = {
    "user's address": lambda uow, sample: uow.users.add(a_user(email=sample.user.email)),
    "member of the user": lambda uow, sample: uow.members.add(a_member(sample.user)),
    "refresh token": lambda uow, sample: uow.refresh_sessions.add(
        a_session(sample.user, token_hash=sample.session.token_hash)
    ),
    "live plan of the member": lambda uow, sample: uow.subscriptions.add(
        a_subscription(sample.member, status=SubscriptionStatus.PAST_DUE)
    ),
    "stay of the booking": lambda uow, sample: uow.occupancy_logs.add(a_log(sample.booking)),
    "invoice of the booking": lambda uow, sample: uow.invoices.add(an_invoice(sample.booking)),
    "user's id": lambda uow, sample: uow.users.add(a_user(id=sample.user.id)),
    "login's id": lambda uow, sample: uow.refresh_sessions.add(
        a_session(sample.user, id=sample.session.id, token_hash=bytes(32))
    ),
    "space's id": lambda uow, sample: uow.spaces.add(a_space(id=sample.space.id)),
    "booking's id": lambda uow, sample: uow.bookings.add(
        a_booking(sample.user, sample.space, hours(20, 21), id=sample.booking.id),
        space=sample.space,
    ),
}

_NOWHERE = SampleData()
# Each adds an entity that refers to one that does not exist.
DANGLING: dict[str, Callable[[UnitOfWork, SampleData], None]] = {
    "member of an unknown user": lambda uow, _: uow.members.add(a_member(_NOWHERE.user)),
    "login of an unknown user": lambda uow, _: uow.refresh_sessions.add(a_session(_NOWHERE.user)),
    "booking of an unknown user": lambda uow, sample: uow.bookings.add(
        a_booking(_NOWHERE.user, sample.space, hours(20, 21)), space=sample.space
    ),
    "plan of an unknown user": lambda uow, _: uow.subscriptions.add(
        a_subscription(_NOWHERE.member)
    ),
    "invoice of an unknown user": lambda uow, sample: uow.invoices.add(
        an_invoice(
            sample.booking,
            user_id=_NOWHERE.user.id,
            booking_id=None,
            space_id=None,
            subscription_id=sample.subscription.id,
        )
    ),
    "invoice of an unknown booking": lambda uow, sample: uow.invoices.add(
        an_invoice(_NOWHERE.booking, user_id=sample.user.id)
    ),
    "invoice of an unknown plan": lambda uow, sample: uow.invoices.add(
        an_invoice(
            sample.booking,
            booking_id=None,
            space_id=None,
            subscription_id=_NOWHERE.subscription.id,
        )
    ),
    "stay of an unknown booking": lambda uow, _: uow.occupancy_logs.add(a_log(_NOWHERE.booking)),
    "stay in another space than its booking": lambda uow, sample: uow.occupancy_logs.add(
        a_log(sample.unpaid_booking, space_id=_NOWHERE.space.id)
    ),
    "invoice with another space than its booking": lambda uow, sample: uow.invoices.add(
        an_invoice(sample.unpaid_booking, space_id=_NOWHERE.space.id)
    ),
}


async def test_without_a_commit_nothing_is_stored(store: Store) -> None:
    sample = await SampleData().build(store)
    newcomer = a_user()
    async with store.unit_of_work() as uow:
        uow.users.add(newcomer)
        sample.save_next_versions(uow)
    assert await sample.changed_parts(store) == []
    async with store.unit_of_work() as uow:
        assert await uow.users.get(newcomer.id) is None


async def test_an_exception_in_the_block_stores_nothing_and_propagates(store: Store) -> None:
    sample = await SampleData().build(store)
    newcomer = a_user()

    async def write_and_fail() -> None:
        async with store.unit_of_work() as uow:
            uow.users.add(newcomer)
            sample.save_next_versions(uow)
            await uow.lock_space(sample.space.id)
            raise LookupError("a mistake")

    with pytest.raises(LookupError, match="a mistake"):
        await write_and_fail()
    assert await sample.changed_parts(store) == []
    async with store.unit_of_work() as uow:
        assert await uow.users.get(newcomer.id) is None


async def test_a_commit_stores_all_writes(store: Store) -> None:
    sample = await SampleData().build(store)
    async with store.unit_of_work() as uow:
        sample.save_next_versions(uow)
        await uow.commit()
    assert await sample.changed_parts(store) == EVERYTHING


async def test_an_exception_after_the_commit_undoes_nothing(store: Store) -> None:
    sample = await SampleData().build(store)

    async def commit_and_fail() -> None:
        async with store.unit_of_work() as uow:
            sample.save_next_versions(uow)
            await uow.commit()
            raise LookupError("a mistake")

    with pytest.raises(LookupError):
        await commit_and_fail()
    assert await sample.changed_parts(store) == EVERYTHING


async def test_writes_after_the_commit_need_another_commit(store: Store) -> None:
    early, late, too_late = a_user(), a_user(), a_user()
    async with store.unit_of_work() as uow:
        uow.users.add(early)
        await uow.commit()
        uow.users.add(late)
        await uow.commit()
        uow.users.add(too_late)
    async with store.unit_of_work() as uow:
        assert await uow.users.get(early.id) == early
        assert await uow.users.get(late.id) == late
        assert await uow.users.get(too_late.id) is None


async def test_an_empty_commit_does_nothing(store: Store) -> None:
    sample = await SampleData().build(store)
    async with store.unit_of_work() as uow:
        await uow.commit()
    assert await sample.changed_parts(store) == []


async def test_a_unit_of_work_does_not_read_its_own_uncommitted_writes(store: Store) -> None:
    sample = await SampleData().build(store)
    async with store.unit_of_work() as uow:
        sample.save_next_versions(uow)
        assert await uow.users.get(sample.user.id) == sample.user
        assert await uow.bookings.get(sample.booking.id) == sample.booking


async def test_a_unit_of_work_reads_its_own_commit(store: Store) -> None:
    sample = await SampleData().build(store)
    async with store.unit_of_work() as uow:
        sample.save_next_versions(uow)
        await uow.commit()
        user = await uow.users.get(sample.user.id)
    assert user is not None
    assert user.version == 2


async def test_reads_see_other_commits_at_once(store: Store) -> None:
    sample = await SampleData().build(store)
    async with store.unit_of_work() as reader:
        before = await reader.users.get(sample.user.id)
        async with store.unit_of_work() as writer:
            sample.save_next_versions(writer)
            await writer.commit()
        after = await reader.users.get(sample.user.id)
    assert before == sample.user
    assert after is not None
    assert after.version == 2


async def test_uncommitted_writes_are_invisible_to_others(store: Store) -> None:
    sample = await SampleData().build(store)
    async with store.unit_of_work() as writer:
        sample.save_next_versions(writer)
        assert await sample.changed_parts(store) == []
        await writer.commit()
        assert await sample.changed_parts(store) == EVERYTHING


async def test_new_entities_may_be_added_before_those_they_refer_to(store: Store) -> None:
    user = a_user()
    member, session = a_member(user), a_session(user)
    async with store.unit_of_work() as uow:
        uow.refresh_sessions.add(session)
        uow.members.add(member)
        uow.users.add(user)
        await uow.commit()
    async with store.unit_of_work() as uow:
        assert await uow.members.of_user(user.id) == member


async def test_a_booking_its_invoice_and_its_stay_may_be_added_in_any_order(store: Store) -> None:
    sample = await SampleData().build(store)
    booking = a_booking(sample.user, sample.space, hours(9, 10), desk=2)
    invoice, log = an_invoice(booking), a_log(booking)
    async with store.unit_of_work() as uow:
        uow.occupancy_logs.add(log)
        uow.invoices.add(invoice)
        uow.bookings.add(booking, space=sample.space)
        await uow.commit()
    async with store.unit_of_work() as uow:
        assert await uow.bookings.get(booking.id) == booking
        assert await uow.invoices.of_bookings([booking.id]) == {booking.id: invoice}
        assert await uow.occupancy_logs.of_booking(booking.id) == log


async def test_a_commit_may_have_very_many_writes(store: Store) -> None:
    sample = await SampleData().build(store)
    bookings = [a_booking(sample.user, sample.space, hours(n, n + 1), desk=2) for n in range(200)]
    async with store.unit_of_work() as uow:
        for booking in bookings:
            uow.bookings.add(booking, space=sample.space)
            uow.invoices.add(an_invoice(booking))
        await uow.commit()
    async with store.unit_of_work() as uow:
        invoices = await uow.invoices.of_bookings([booking.id for booking in bookings])
    assert len(invoices) == 200


@pytest.mark.parametrize("place", [0, 100, 199])
async def test_one_stale_write_among_very_many_stops_them_all(store: Store, place: int) -> None:
    sample = await SampleData().build(store)
    bookings = [a_booking(sample.user, sample.space, hours(n, n + 1), desk=2) for n in range(200)]
    bookings[place] = replace(bookings[place], desk=1, period=hours(9, 10))
    async with store.unit_of_work() as uow:
        for booking in bookings:
            uow.bookings.add(booking, space=sample.space)
        with pytest.raises(Stale):
            await uow.commit()
    async with store.unit_of_work() as uow:
        schedule = await uow.schedules.get(sample.space.id, hours(0, 300))
    assert schedule is not None
    present = {occupation.booking_id for occupation in schedule.occupations}
    assert present == {sample.booking.id, sample.unpaid_booking.id}


@pytest.mark.parametrize("stale", NEXT_VERSIONS)
async def test_one_stale_version_among_many_writes_stops_them_all(store: Store, stale: str) -> None:
    sample = await SampleData().build(store)
    newcomer = a_user()
    async with store.unit_of_work() as uow:
        uow.users.add(newcomer)
        for name, note in NEXT_VERSIONS.items():
            note(uow, sample, 7 if name == stale else 1)
        with pytest.raises(Stale):
            await uow.commit()
    assert await sample.changed_parts(store) == []
    async with store.unit_of_work() as uow:
        assert await uow.users.get(newcomer.id) is None


@pytest.mark.parametrize("taken", TAKEN)
async def test_a_conflicting_entity_is_stale_and_stops_the_other_writes(
    store: Store, taken: str
) -> None:
    sample = await SampleData().build(store)
    async with store.unit_of_work() as uow:
        NEXT_VERSIONS["user"](uow, sample, 1)
        TAKEN[taken](uow, sample)
        with pytest.raises(Stale):
            await uow.commit()
    assert await sample.changed_parts(store) == []


@pytest.mark.parametrize("kind", NEXT_VERSIONS)
async def test_a_version_that_follows_the_current_one_is_stored(store: Store, kind: str) -> None:
    sample = await SampleData().build(store)
    for present in (1, 2, 3):
        async with store.unit_of_work() as uow:
            NEXT_VERSIONS[kind](uow, sample, present)
            await uow.commit()
    assert await sample.changed_parts(store) == [kind]


@pytest.mark.parametrize("present", [0, 2])
@pytest.mark.parametrize("kind", NEXT_VERSIONS)
async def test_a_version_that_follows_another_than_the_current_one_is_stale(
    store: Store, kind: str, present: int
) -> None:
    sample = await SampleData().build(store)
    async with store.unit_of_work() as uow:
        NEXT_VERSIONS[kind](uow, sample, present)
        with pytest.raises(Stale):
            await uow.commit()
    assert await sample.changed_parts(store) == []


@pytest.mark.parametrize("kind", NEXT_VERSIONS)
async def test_a_version_of_an_unknown_entity_is_stale(store: Store, kind: str) -> None:
    sample = await SampleData().build(store)
    async with store.unit_of_work() as uow:
        NEXT_VERSIONS[kind](uow, SampleData(), 1)
        with pytest.raises(Stale):
            await uow.commit()
    assert await sample.changed_parts(store) == []


@pytest.mark.parametrize("kind", NEXT_VERSIONS)
async def test_of_two_interleaved_saves_the_second_is_stale(store: Store, kind: str) -> None:
    sample = await SampleData().build(store)
    async with store.unit_of_work() as first, store.unit_of_work() as second:
        NEXT_VERSIONS[kind](first, sample, 1)
        NEXT_VERSIONS[kind](second, sample, 1)
        await second.commit()
        with pytest.raises(Stale):
            await first.commit()


@pytest.mark.parametrize("kind", NEXT_VERSIONS)
async def test_of_racing_saves_of_one_version_exactly_one_wins(store: Store, kind: str) -> None:
    sample = await SampleData().build(store)

    async def save() -> None:
        async with store.unit_of_work() as uow:
            NEXT_VERSIONS[kind](uow, sample, 1)
            await uow.commit()

    assert await all_at_once(won(save()) for _ in range(20)) == 1


async def test_of_racing_sign_ups_with_one_address_exactly_one_wins(store: Store) -> None:
    users = [a_user() for _ in range(20)]
    users = [replace(user, email=users[0].email) for user in users]

    async def sign_up(user: User) -> None:
        async with store.unit_of_work() as uow:
            uow.users.add(user)
            uow.members.add(a_member(user))
            uow.refresh_sessions.add(a_session(user))
            await uow.commit()

    assert await all_at_once(won(sign_up(user)) for user in users) == 1
    async with store.unit_of_work() as uow:
        winner = await uow.users.by_email(users[0].email)
        members = [await uow.members.of_user(user.id) for user in users]
    assert winner is not None
    assert [member.user_id for member in members if member] == [winner.id]


async def test_a_user_may_take_an_address_that_is_no_longer_used(store: Store) -> None:
    sample = await SampleData().build(store)
    async with store.unit_of_work() as uow:
        uow.users.save(replace(sample.user, email=a_user().email, version=2))
        await uow.commit()
    newcomer = a_user(email=sample.user.email)
    await save_all(store.unit_of_work, newcomer)
    async with store.unit_of_work() as uow:
        assert await uow.users.by_email(sample.user.email) == newcomer


async def test_changing_to_a_taken_address_is_stale(store: Store) -> None:
    sample = await SampleData().build(store)
    other = a_user()
    await save_all(store.unit_of_work, other)
    async with store.unit_of_work() as uow:
        uow.users.save(replace(other, email=sample.user.email, version=2))
        with pytest.raises(Stale):
            await uow.commit()
    async with store.unit_of_work() as uow:
        assert await uow.users.by_email(sample.user.email) == sample.user
        assert await uow.users.by_email(other.email) == other


async def test_a_cancelled_plan_does_not_conflict_with_a_new_one(store: Store) -> None:
    sample = await SampleData().build(store)
    cancelled = replace(sample.subscription, status=SubscriptionStatus.CANCELLED, version=2)
    async with store.unit_of_work() as uow:
        uow.subscriptions.save(cancelled)
        await uow.commit()
    new = a_subscription(sample.member)
    another_cancelled = a_subscription(sample.member, status=SubscriptionStatus.CANCELLED)
    await save_all(store.unit_of_work, new, another_cancelled)
    async with store.unit_of_work() as uow:
        slot = await uow.schedules.slot(sample.space.id, hours(9, 10), sample.user.id)
    assert slot is not None
    assert slot.subscription == new


async def test_reactivating_a_cancelled_plan_beside_an_active_one_is_stale(store: Store) -> None:
    sample = await SampleData().build(store)
    cancelled = a_subscription(sample.member, status=SubscriptionStatus.CANCELLED)
    await save_all(store.unit_of_work, cancelled)
    async with store.unit_of_work() as uow:
        uow.subscriptions.save(replace(cancelled, status=SubscriptionStatus.ACTIVE, version=2))
        with pytest.raises(Stale):
            await uow.commit()


@pytest.mark.parametrize("dangling", DANGLING)
async def test_a_dangling_reference_is_a_programming_error_and_not_stale(
    store: Store, dangling: str
) -> None:
    sample = await SampleData().build(store)
    async with store.unit_of_work() as uow:
        NEXT_VERSIONS["user"](uow, sample, 1)
        DANGLING[dangling](uow, sample)
        with pytest.raises(Exception, match=r"\w") as caught:
            await uow.commit()
    # `Stale` would be retried.
    assert not isinstance(caught.value, Stale)
    assert await sample.changed_parts(store) == []


async def test_a_unit_of_work_can_still_read_after_it_was_stale(store: Store) -> None:
    sample = await SampleData().build(store)
    async with store.unit_of_work() as uow:
        uow.users.save(replace(sample.user, version=7))
        with pytest.raises(Stale):
            await uow.commit()
        assert await uow.users.get(sample.user.id) == sample.user


async def test_stale_writes_are_not_committed_later(store: Store) -> None:
    sample = await SampleData().build(store)
    newcomer = a_user()
    async with store.unit_of_work() as uow:
        uow.users.add(newcomer)
        uow.users.save(replace(sample.user, version=7))
        with pytest.raises(Stale):
            await uow.commit()
        await uow.commit()
    async with store.unit_of_work() as uow:
        assert await uow.users.get(newcomer.id) is None


async def test_many_more_units_of_work_than_connections_all_finish(
    store: Store,
) -> None:
    users = [a_user() for _ in range(100)]

    async def add(user: User) -> None:
        async with store.unit_of_work() as uow:
            uow.users.add(user)
            await uow.commit()

    assert await all_at_once(won(add(user)) for user in users) == 100
    async with store.unit_of_work() as uow:
        assert [await uow.users.get(user.id) for user in users] == users


async def test_a_cancelled_task_stores_all_of_its_writes_or_none(store: Store) -> None:
    sample = await SampleData().build(store)
    for steps in range(12):
        bookings = [
            a_booking(sample.user, sample.space, hours(n, n + 1), desk=3)
            for n in (steps, steps + 50)
        ]

        async def book(bookings: list[Booking] = bookings) -> None:
            async with store.unit_of_work() as uow:
                for booking in bookings:
                    uow.bookings.add(booking, space=sample.space)
                await uow.commit()

        task = asyncio.create_task(book())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        # In one statement: one already sent to the database may be executed a little later.
        async with store.unit_of_work() as uow:
            stored = await uow.bookings.list(BookingFilter(), after=None, limit=100)
        assert len([booking for booking in bookings if booking in stored]) in {0, 2}


async def test_cancelled_tasks_do_not_exhaust_the_store(store: Store) -> None:
    sample = await SampleData().build(store)

    async def lock_for_ever() -> None:
        async with store.unit_of_work() as uow:
            await uow.lock_space(sample.space.id)
            await asyncio.Event().wait()

    for _ in range(20):
        task = asyncio.create_task(lock_for_ever())
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait({task})
    async with store.unit_of_work() as uow:
        sample.save_next_versions(uow)
        await uow.commit()
    assert await sample.changed_parts(store) == EVERYTHING
