"""World: all use cases over memory adapters, with a settable clock and test shortcuts."""

import copy
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, cast
from zoneinfo import ZoneInfo

from adapters.calendar import IcalendarCalendars
from adapters.memory import (
    FakeAccessTokens,
    FakeCommonPasswords,
    FakeMailer,
    FakePasswordHasher,
    FakeResetTokens,
    MemoryRateLimitStore,
    MemoryStore,
    MemoryUnitOfWork,
    SequentialIds,
    SettableClock,
)
from application.auth.account_factory import NewAccount
from application.auth.client import Client
from application.auth.log_in import Credentials
from application.auth.rate_limiter import RateLimits
from application.auth.session_issuer import Session
from application.bookings.booking_request import BookingRequest
from application.bookings.change_booking import BookingChanges
from application.common.caller import Caller
from application.jobs.job import Job
from application.mails.enqueue_mail import MAIL
from application.mails.mail import Mail
from application.ports.audit_log import AuditFilter
from application.ports.password_hasher import PasswordHasher
from application.ports.rate_limit_store import RateLimitStore
from application.ports.session_lookup import SessionLookup
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from application.spaces.create_space import NewSpace
from application.use_cases import UseCases
from domain.audit import AuditEntry
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
from tests.entities import HOUR, MONDAY, a_subscription, hours, save_all

PASSWORD = "correct horse"
TOKEN_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=30)
FRONTEND_URL = "https://house.example"
FEW = RateLimits(log_in_attempts=10, sign_ups=100, refreshes=100, password_resets=20)

Action = Callable[[], Awaitable[object]]


class World(UseCases):
    """All use cases over the memory adapters, at eight o'clock on MONDAY.

    `rules` are fields of House. `unit_of_work`, `rate_limit_store` and `session_lookup` replace the
    memory store.
    """

    clock: SettableClock
    ids: SequentialIds
    tokens: FakeAccessTokens

    def __init__(
        self,
        *,
        passwords: PasswordHasher | None = None,
        unit_of_work: UnitOfWorkFactory | None = None,
        rate_limit_store: RateLimitStore | None = None,
        session_lookup: SessionLookup | None = None,
        **rules: Any,
    ) -> None:
        self.store = MemoryStore()
        self.mails = FakeMailer()
        self._user_count = 0
        super().__init__(
            unit_of_work=unit_of_work or self.store.unit_of_work,
            clock=SettableClock(MONDAY + 8 * HOUR),
            ids=SequentialIds(),
            house=House(**{"timezone": ZoneInfo("UTC")} | rules),
            passwords=passwords or FakePasswordHasher(),
            common_passwords=FakeCommonPasswords(),
            tokens=FakeAccessTokens(TOKEN_LIFETIME),
            rate_limit_store=rate_limit_store or MemoryRateLimitStore(),
            session_lookup=session_lookup or self.store.session_lookup,
            mailer=self.mails,
            reset_tokens=FakeResetTokens(),
            calendars=IcalendarCalendars(),
            limits=FEW,
            refresh_lifetime=REFRESH_LIFETIME,
            frontend_url=FRONTEND_URL,
        )

    def _with(self, **ports: Any) -> "World":
        """Return a copy of the application with other ports."""
        world = copy.copy(self)
        for name, value in vars(UseCases).items():
            if isinstance(value, cached_property):
                vars(world).pop(name, None)
        vars(world).update(ports)
        return world

    async def deliver(self) -> list[Mail]:
        """Run all due jobs. Returns the mails that they sent."""
        before = len(self.mails.mails)
        while await self.run_jobs():
            pass
        return self.mails.mails[before:]

    async def enqueued_mails(self) -> list[Job]:
        """Return the unsent mails, in the order in which they were enqueued."""
        async with self.unit_of_work() as uow:
            jobs = await uow.jobs.unfinished(only_failed=False, limit=1_000)
        return [job for job in jobs if job.kind == MAIL]

    def with_concurrent_action(self, action: Action, *, times: int = 1) -> "World":
        """Return a copy that runs `action` just before each of the first `times` commits."""
        return self._with(unit_of_work=_ConcurrentActionFactory(self.store, action, times))

    def with_passwords(self, passwords: PasswordHasher) -> "World":
        """Return a copy with another password hasher."""
        return self._with(passwords=passwords)

    def set_time(self, hour: float) -> datetime:
        """Set the clock to that hour of MONDAY, which may exceed 24. Returns the time."""
        self.clock.set(MONDAY + hour * HOUR)
        return self.clock.now()

    async def a_caller(self, role: Role = Role.MEMBER) -> Caller:
        """Create an account with that role and return its caller."""
        self._user_count += 1
        account = await self.create_admin(
            NewAccount(
                email=EmailAddress.parse(f"person{self._user_count}@example.com"),
                password=PASSWORD,
                full_name=f"Person {self._user_count}",
                role=role,
            )
        )
        return Caller(account.user.id, role)

    async def an_admin(self) -> Caller:
        """Create an admin and return their caller."""
        return await self.a_caller(Role.ADMIN)

    async def email_of(self, caller: Caller) -> str:
        """Return the email address of the caller."""
        return str((await self.user(caller)).email)

    async def log_in_as(self, caller: Caller, password: str = PASSWORD) -> Session:
        """Log in as the caller."""
        return await self.log_in(Credentials(await self.email_of(caller), password), CLIENT)

    async def audit_entries(self, **criteria: Any) -> list[AuditEntry]:
        """Return the stored entries of the security log that match, oldest first."""
        async with self.unit_of_work() as uow:
            entries = await uow.audit_log.list(AuditFilter(**criteria), after=None, limit=10_000)
        return list(reversed(entries))

    async def a_space(self, **fields: Any) -> Space:
        """Create a meeting room at ten dollars an hour, always open."""
        defaults: dict[str, Any] = {
            "name": "Harbour room",
            "description": "",
            "space_type": SpaceType.MEETING_ROOM,
            "capacity": 6,
            "tariff": Tariff(hourly=Money(10_00)),
            "amenities": (),
            "opening_hours": None,
        }
        admin = await self.an_admin()
        return await self.create_space(admin, NewSpace(**defaults | fields))

    async def a_zone(self, desks: int, **fields: Any) -> Space:
        """Create a zone with that number of hot desks."""
        return await self.a_space(space_type=SpaceType.HOT_DESK, capacity=desks, **fields)

    async def a_plan(
        self, caller: Caller, plan_type: PlanType = PlanType.HOT_DESK, **fields: Any
    ) -> Subscription:
        """Store a plan of the caller, paid for March."""
        plan = a_subscription(await self.member(caller), plan_type=plan_type, **fields)
        await save_all(self.unit_of_work, plan)
        return plan

    async def book(
        self, caller: Caller, space: Space, start: float, end: float, **fields: Any
    ) -> Booking:
        """Book from one hour of MONDAY to another."""
        period = hours(start, end)
        request = BookingRequest(space_id=space.id, start=period.start, end=period.end, **fields)
        return await self.create_booking(caller, request)

    async def move(
        self, caller: Caller, booking: Booking, start: float, end: float, **changes: Any
    ) -> Booking:
        """Move a booking to other hours of MONDAY, with further changes if any."""
        period = hours(start, end)
        requested = {"start": period.start, "end": period.end} | changes
        return await self.change_booking(caller, booking.id, cast("BookingChanges", requested))

    async def user(self, caller: Caller) -> User:
        """Return the stored account of the caller."""
        async with self.unit_of_work() as uow:
            user = await uow.users.get(caller.user_id)
        assert user is not None
        return user

    async def member(self, caller: Caller) -> Member:
        """Return the stored member of the caller."""
        async with self.unit_of_work() as uow:
            member = await uow.members.of_user(caller.user_id)
        assert member is not None
        return member

    async def save_user(self, user: User) -> None:
        """Store the next version of an account."""
        async with self.unit_of_work() as uow:
            uow.users.save(user)
            await uow.commit()

    async def booking(self, booking_id: BookingId) -> Booking:
        """Return the stored booking."""
        async with self.unit_of_work() as uow:
            booking = await uow.bookings.get(booking_id)
        assert booking is not None
        return booking

    async def invoice(self, booking: Booking) -> Invoice | None:
        """Return the stored invoice of the booking."""
        async with self.unit_of_work() as uow:
            return (await uow.invoices.of_bookings([booking.id])).get(booking.id)

    async def refunds(self, booking: Booking) -> list[Money]:
        """Return the amounts of the refunds decided for the booking, in order."""
        async with self.unit_of_work() as uow:
            return [refund.amount for refund in await uow.refunds.of_booking(booking.id)]

    async def log(self, booking: Booking) -> OccupancyLog | None:
        """Return the stored stay of the booking."""
        async with self.unit_of_work() as uow:
            return await uow.occupancy_logs.of_booking(booking.id)

    async def schedule(self, space: Space) -> Schedule:
        """Return the stored schedule of the space, with all occupations."""
        async with self.unit_of_work() as uow:
            schedule = await uow.schedules.get(space.id, hours(-10_000, 20_000))
        assert schedule is not None
        return schedule

    async def space(self, space: Space) -> Space:
        """Return the stored space."""
        return (await self.schedule(space)).space


CLIENT = Client("a browser", "192.0.2.1")


class _ConcurrentActionFactory:
    """A UnitOfWorkFactory that runs an action just before the first commits."""

    def __init__(self, store: MemoryStore, action: Action, times: int) -> None:
        self._store = store
        self._action = action
        self._times = times

    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._open()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[UnitOfWork]:
        async with self._store.unit_of_work() as uow:
            # It delegates everything but commit, which a type checker cannot see.
            yield cast("UnitOfWork", _InterceptedCommit(uow, self._before_commit))

    async def _before_commit(self) -> None:
        if self._times > 0:
            self._times -= 1
            await self._action()


class _InterceptedCommit:
    def __init__(self, uow: MemoryUnitOfWork, before_commit: Action) -> None:
        self._uow = uow
        self._before_commit = before_commit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._uow, name)

    async def commit(self) -> None:
        await self._before_commit()
        await self._uow.commit()
