"""World: a house in memory with all of its use cases, at a time that the test sets."""

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
    """All use cases over the memory adapters, at eight o'clock on MONDAY; `rules` are House's own.

    With `unit_of_work`, `rate_limit_store` and `session_lookup` they run on another store than
    `store`, which is in memory.
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
        self._people = 0
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
        """Return the same application with other ports."""
        world = copy.copy(self)
        for name, value in vars(UseCases).items():
            if isinstance(value, cached_property):
                vars(world).pop(name, None)
        vars(world).update(ports)
        return world

    async def deliver(self) -> list[Mail]:
        """Do all jobs that are due; the mails that were sent meanwhile."""
        before = len(self.mails.mails)
        while await self.run_jobs():
            pass
        return self.mails.mails[before:]

    async def noted_mails(self) -> list[Job]:
        """The mails that are still to be sent, the first noted first."""
        async with self.unit_of_work() as uow:
            jobs = await uow.jobs.unfinished(only_failed=False, limit=1_000)
        return [job for job in jobs if job.kind == MAIL]

    def others_being_faster(self, action: Action, *, times: int = 1) -> "World":
        """The same house, in which that happens just before each of the first commits."""
        return self._with(unit_of_work=_OthersBeingFaster(self.store, action, times))

    def hashing_passwords_with(self, passwords: PasswordHasher) -> "World":
        """The same house after another way of hashing has come into force."""
        return self._with(passwords=passwords)

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

    async def email_of(self, caller: Caller) -> str:
        """The caller's address."""
        return str((await self.user(caller)).email)

    async def log_in_as(self, caller: Caller, password: str = PASSWORD) -> Session:
        """A new log-in of that caller's."""
        return await self.log_in(Credentials(await self.email_of(caller), password), CLIENT)

    async def audited(self, **wanted: Any) -> list[AuditEntry]:
        """The wanted entries of the security log as they are stored, oldest first."""
        async with self.unit_of_work() as uow:
            entries = await uow.audit_log.list(AuditFilter(**wanted), after=None, limit=10_000)
        return list(reversed(entries))

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
        """Change a booking to be from one hour of MONDAY to another, and perhaps more."""
        period = hours(start, end)
        wanted = {"start": period.start, "end": period.end} | changes
        return await self.change_booking(caller, booking.id, cast("BookingChanges", wanted))

    async def user(self, caller: Caller) -> User:
        """The caller's account as it is stored."""
        async with self.unit_of_work() as uow:
            user = await uow.users.get(caller.user_id)
        assert user is not None
        return user

    async def member(self, caller: Caller) -> Member:
        """The caller's member as it is stored."""
        async with self.unit_of_work() as uow:
            member = await uow.members.of_user(caller.user_id)
        assert member is not None
        return member

    async def save_user(self, user: User) -> None:
        """Store an account's next version."""
        async with self.unit_of_work() as uow:
            uow.users.save(user)
            await uow.commit()

    async def booking(self, booking_id: BookingId) -> Booking:
        """The booking as it is stored."""
        async with self.unit_of_work() as uow:
            booking = await uow.bookings.get(booking_id)
        assert booking is not None
        return booking

    async def invoice(self, booking: Booking) -> Invoice | None:
        """The booking's invoice as it is stored."""
        async with self.unit_of_work() as uow:
            return (await uow.invoices.of_bookings([booking.id])).get(booking.id)

    async def refunds(self, booking: Booking) -> list[Money]:
        """What was decided to be given back for the booking, in order."""
        async with self.unit_of_work() as uow:
            return [refund.amount for refund in await uow.refunds.of_booking(booking.id)]

    async def log(self, booking: Booking) -> OccupancyLog | None:
        """The booking's stay as it is stored."""
        async with self.unit_of_work() as uow:
            return await uow.occupancy_logs.of_booking(booking.id)

    async def schedule(self, space: Space) -> Schedule:
        """All that occupies the space, as it is stored."""
        async with self.unit_of_work() as uow:
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
