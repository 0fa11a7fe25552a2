"""World: a house in memory with all of its use cases, at a time that the test sets."""

import copy
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from adapters.memory import (
    MemoryStore,
    MemoryUnitOfWork,
    PlainPasswords,
    PlainTokens,
    SequentialIds,
    SettableClock,
)
from application.auth.accounts import Accounts, NewAccount
from application.auth.authenticate import Authenticate
from application.auth.create_admin import CreateAdmin
from application.auth.get_me import GetMe
from application.auth.log_in import LogIn
from application.auth.sessions import Client, Sessions
from application.auth.sign_up import SignUp
from application.bookings.cancel_booking import CancelBooking
from application.bookings.come_and_go import CheckIn, CheckOut
from application.bookings.create_booking import BookingRequest, CreateBooking
from application.bookings.find_bookings import FindBookings, GetBooking
from application.caller import Caller
from application.ports.passwords import PasswordHasher
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from application.spaces.change_spaces import CreateSpace, NewSpace, UpdateSpace
from application.spaces.delete_space import DeleteSpace
from application.spaces.find_spaces import CountSpaceTypes, FindSpaces, GetSpace
from application.spaces.see_availability import SeeAvailability
from domain.bookings import Booking
from domain.house import House
from domain.ids import BookingId
from domain.invoices import Invoice
from domain.money import Money
from domain.occupancy import OccupancyLog
from domain.schedule import Schedule
from domain.spaces import Space, SpaceType
from domain.subscriptions import PlanType, Subscription
from domain.tariff import Tariff
from domain.users import EmailAddress, Member, Role, User
from tests.entities import HOUR, MONDAY, a_subscription, given, hours

PASSWORD = "correct horse"
TOKEN_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=30)

Action = Callable[[], Awaitable[object]]


class World:
    """The house at eight o'clock on MONDAY; `settings` are House's own."""

    def __init__(self, *, passwords: PasswordHasher | None = None, **settings: Any) -> None:
        self.house = House(**{"timezone": ZoneInfo("UTC")} | settings)
        self.clock = SettableClock(MONDAY + 8 * HOUR)
        self.ids = SequentialIds()
        self.passwords: PasswordHasher = passwords or PlainPasswords()
        self.tokens = PlainTokens(TOKEN_LIFETIME)
        self.store = MemoryStore()
        self._people = 0
        self._set_up(self.store.unit_of_work)

    def _set_up(self, unit_of_work: UnitOfWorkFactory) -> None:
        clock, ids, house = self.clock, self.ids, self.house
        accounts = Accounts(self.passwords, ids)
        sessions = Sessions(self.tokens, ids, REFRESH_LIFETIME)
        self.sign_up = SignUp(unit_of_work, clock, accounts, sessions)
        self.log_in = LogIn(unit_of_work, clock, self.passwords, sessions)
        self.authenticate = Authenticate(unit_of_work, clock, self.tokens)
        self.get_me = GetMe(unit_of_work)
        self.create_admin = CreateAdmin(unit_of_work, clock, accounts)
        self.create_space = CreateSpace(unit_of_work, clock, ids)
        self.update_space = UpdateSpace(unit_of_work, clock)
        self.delete_space = DeleteSpace(unit_of_work, clock)
        self.find_spaces = FindSpaces(unit_of_work, clock, house)
        self.count_space_types = CountSpaceTypes(unit_of_work)
        self.get_space = GetSpace(unit_of_work)
        self.see_availability = SeeAvailability(unit_of_work, clock, house)
        self.create_booking = CreateBooking(unit_of_work, clock, ids, house)
        self.find_bookings = FindBookings(unit_of_work)
        self.get_booking = GetBooking(unit_of_work)
        self.cancel_booking = CancelBooking(unit_of_work, clock, house)
        self.check_in = CheckIn(unit_of_work, clock, ids)
        self.check_out = CheckOut(unit_of_work, clock)

    def others_being_faster(self, action: Action, *, times: int = 1) -> "World":
        """The same house, in which that happens just before each of the first commits."""
        world = copy.copy(self)
        world._set_up(_OthersBeingFaster(self.store, action, times))
        return world

    def hashing_passwords_with(self, passwords: PasswordHasher) -> "World":
        """The same house after another way of hashing has come into force."""
        world = copy.copy(self)
        world.passwords = passwords
        world._set_up(self.store.unit_of_work)
        return world

    def set_time(self, hour: float) -> datetime:
        """Make it that hour of MONDAY, which may be beyond the day."""
        self.clock.set(MONDAY + hour * HOUR)
        return self.clock.now()

    async def a_caller(self, role: Role = Role.MEMBER) -> Caller:
        """Somebody new with an account of that role."""
        self._people += 1
        account = await self.create_admin(
            NewAccount(
                email=EmailAddress.parse(f"person{self._people}@example.com"),
                password=PASSWORD,
                full_name=f"Person {self._people}",
                role=role,
            )
        )
        return Caller(account.user.id, role)

    async def an_admin(self) -> Caller:
        """Somebody new who runs the house."""
        return await self.a_caller(Role.ADMIN)

    async def a_space(self, **fields: Any) -> Space:
        """A meeting room at ten dollars an hour, always open."""
        sound: dict[str, Any] = {
            "name": "Harbour room",
            "description": "",
            "space_type": SpaceType.MEETING_ROOM,
            "capacity": 6,
            "tariff": Tariff(hourly=Money(10_00)),
            "amenities": (),
            "opening_hours": None,
        }
        admin = await self.an_admin()
        return await self.create_space(admin, NewSpace(**sound | fields))

    async def a_zone(self, desks: int, **fields: Any) -> Space:
        """A zone of so many hot desks."""
        return await self.a_space(space_type=SpaceType.HOT_DESK, capacity=desks, **fields)

    async def a_plan(
        self, caller: Caller, plan_type: PlanType = PlanType.HOT_DESK, **fields: Any
    ) -> Subscription:
        """A plan of that caller's, paid for March."""
        plan = a_subscription(await self.member(caller), plan_type=plan_type, **fields)
        await given(self.store.unit_of_work, plan)
        return plan

    async def book(
        self, caller: Caller, space: Space, start: float, end: float, **fields: Any
    ) -> Booking:
        """Book from one hour of MONDAY to another."""
        period = hours(start, end)
        request = BookingRequest(space_id=space.id, start=period.start, end=period.end, **fields)
        return await self.create_booking(caller, request)

    async def user(self, caller: Caller) -> User:
        """The caller's account as it is stored."""
        async with self.store.unit_of_work() as uow:
            user = await uow.users.get(caller.user_id)
        assert user is not None
        return user

    async def member(self, caller: Caller) -> Member:
        """The caller's member as it is stored."""
        async with self.store.unit_of_work() as uow:
            member = await uow.members.of_user(caller.user_id)
        assert member is not None
        return member

    async def save_user(self, user: User) -> None:
        """Store an account's next version."""
        async with self.store.unit_of_work() as uow:
            uow.users.save(user)
            await uow.commit()

    async def booking(self, booking_id: BookingId) -> Booking:
        """The booking as it is stored."""
        async with self.store.unit_of_work() as uow:
            booking = await uow.bookings.get(booking_id)
        assert booking is not None
        return booking

    async def invoice(self, booking: Booking) -> Invoice | None:
        """The booking's invoice as it is stored."""
        async with self.store.unit_of_work() as uow:
            return (await uow.invoices.of_bookings([booking.id])).get(booking.id)

    async def log(self, booking: Booking) -> OccupancyLog | None:
        """The booking's stay as it is stored."""
        async with self.store.unit_of_work() as uow:
            return await uow.occupancy_logs.of_booking(booking.id)

    async def schedule(self, space: Space) -> Schedule:
        """All that occupies the space, as it is stored."""
        async with self.store.unit_of_work() as uow:
            schedule = await uow.schedules.of(space.id, hours(-10_000, 20_000))
        assert schedule is not None
        return schedule

    async def space(self, space: Space) -> Space:
        """The space as it is stored."""
        return (await self.schedule(space)).space


CLIENT = Client("a browser", "192.0.2.1")


class _OthersBeingFaster:
    """A UnitOfWorkFactory whose first commits come too late."""

    def __init__(self, store: MemoryStore, action: Action, times: int) -> None:
        self._store = store
        self._action = action
        self._times = times

    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._open()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[UnitOfWork]:
        async with self._store.unit_of_work() as uow:
            # It is one but for its commit, which no type checker can see.
            yield cast("UnitOfWork", _LateCommit(uow, self._before_commit))

    async def _before_commit(self) -> None:
        if self._times > 0:
            self._times -= 1
            await self._action()


class _LateCommit:
    def __init__(self, uow: MemoryUnitOfWork, before_commit: Action) -> None:
        self._uow = uow
        self._before_commit = before_commit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._uow, name)

    async def commit(self) -> None:
        await self._before_commit()
        await self._uow.commit()
