"""World: a house in memory with all of its use cases, at a time that the test sets."""

import copy
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
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
from application.audit.search_audit import SearchAudit
from application.auth.account_factory import AccountFactory, NewAccount
from application.auth.authenticate import Authenticate
from application.auth.change_password import ChangePassword
from application.auth.client import Client
from application.auth.create_admin import CreateAdmin
from application.auth.end_session import EndSession
from application.auth.get_me import GetMe
from application.auth.list_sessions import ListSessions
from application.auth.log_in import Credentials, LogIn
from application.auth.log_out import LogOut
from application.auth.password_policy import PasswordPolicy
from application.auth.rate_limiter import RateLimiter, RateLimits
from application.auth.refresh import Refresh
from application.auth.request_password_reset import RequestPasswordReset
from application.auth.reset_password import ResetPassword
from application.auth.session_issuer import Session, SessionIssuer
from application.auth.sign_up import SignUp
from application.auth.update_me import UpdateMe
from application.bookings.booking_request import BookingRequest
from application.bookings.cancel_booking import CancelBooking
from application.bookings.change_booking import BookingChanges, ChangeBooking
from application.bookings.check_in import CheckIn
from application.bookings.check_out import CheckOut
from application.bookings.confirm_booking import ConfirmBooking
from application.bookings.create_booking import CreateBooking
from application.bookings.find_bookings import FindBookings
from application.bookings.get_booking import GetBooking
from application.bookings.quote_booking import QuoteBooking
from application.calendar.create_calendar_feed import CreateCalendarFeed
from application.calendar.get_booking_calendar import GetBookingCalendar
from application.calendar.read_calendar_feed import ReadCalendarFeed
from application.calendar.revoke_calendar_feed import RevokeCalendarFeed
from application.common.caller import Caller
from application.idempotency.idempotent_executor import IdempotentExecutor
from application.jobs.job import Job
from application.jobs.run_jobs import RunJobs
from application.mails.account_mail_composer import AccountMailComposer
from application.mails.booking_mail_composer import BookingMailComposer
from application.mails.enqueue_mail import MAIL
from application.mails.enqueue_reminders import EnqueueReminders
from application.mails.mail import Mail
from application.mails.plan_mail_composer import PlanMailComposer
from application.mails.send_mail import SendMail
from application.maintenance.expire_holds import ExpireHolds
from application.maintenance.mark_no_shows import MarkNoShows
from application.maintenance.purge_expired_data import PurgeExpiredData
from application.ports.audit_log import AuditFilter
from application.ports.password_hasher import PasswordHasher
from application.ports.rate_limit_store import RateLimitStore
from application.ports.session_lookup import SessionLookup
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from application.spaces.count_space_types import CountSpaceTypes
from application.spaces.create_space import CreateSpace, NewSpace
from application.spaces.delete_space import DeleteSpace
from application.spaces.find_spaces import FindSpaces
from application.spaces.get_availability import GetAvailability
from application.spaces.get_space import GetSpace
from application.spaces.update_space import UpdateSpace
from application.users.change_user import ChangeUser
from application.users.find_users import FindUsers
from application.users.get_user import GetUser
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


class World:
    """The house at eight o'clock on MONDAY; `settings` are House's own.

    With `unit_of_work`, `throttle` and `log_ins` it stands on another store than `store`, which is
    in memory.
    """

    def __init__(
        self,
        *,
        passwords: PasswordHasher | None = None,
        unit_of_work: UnitOfWorkFactory | None = None,
        rate_limit_store: RateLimitStore | None = None,
        log_ins: SessionLookup | None = None,
        **settings: Any,
    ) -> None:
        self.house = House(**{"timezone": ZoneInfo("UTC")} | settings)
        self.clock = SettableClock(MONDAY + 8 * HOUR)
        self.ids = SequentialIds()
        self.passwords: PasswordHasher = passwords or FakePasswordHasher()
        self.tokens = FakeAccessTokens(TOKEN_LIFETIME)
        self.mails = FakeMailer()
        self.rate_limit_store: RateLimitStore = rate_limit_store or MemoryRateLimitStore()
        self.store = MemoryStore()
        self.unit_of_work: UnitOfWorkFactory = unit_of_work or self.store.unit_of_work
        self.session_lookup: SessionLookup = log_ins or self.store.session_lookup
        self._people = 0
        self._set_up(self.unit_of_work)

    def _set_up(self, unit_of_work: UnitOfWorkFactory) -> None:
        clock, ids, house = self.clock, self.ids, self.house
        self._set_up_auth(unit_of_work)
        self.create_space = CreateSpace(unit_of_work, clock, ids)
        self.update_space = UpdateSpace(unit_of_work, clock, ids)
        self.delete_space = DeleteSpace(unit_of_work, clock, ids)
        self.find_spaces = FindSpaces(unit_of_work, clock, house)
        self.count_space_types = CountSpaceTypes(unit_of_work)
        self.get_space = GetSpace(unit_of_work)
        self.get_availability = GetAvailability(unit_of_work, clock, house)
        self.create_booking = CreateBooking(unit_of_work, clock, ids, house)
        self.find_bookings = FindBookings(unit_of_work)
        self.get_booking = GetBooking(unit_of_work)
        self.cancel_booking = CancelBooking(unit_of_work, clock, ids, house)
        self.check_in = CheckIn(unit_of_work, clock, ids)
        self.check_out = CheckOut(unit_of_work, clock, ids)
        self.quote_booking = QuoteBooking(unit_of_work, clock, house)
        self.change_booking = ChangeBooking(unit_of_work, clock, ids, house)
        self.confirm_booking = ConfirmBooking(unit_of_work, clock, ids)
        self.expire_holds = ExpireHolds(unit_of_work, clock, ids)
        self.mark_no_shows = MarkNoShows(unit_of_work, clock, ids, house)
        self.purge_expired_data = PurgeExpiredData(unit_of_work, clock, self.rate_limit_store)
        self.idempotent_executor = IdempotentExecutor(unit_of_work, clock)
        self.create_calendar_feed = CreateCalendarFeed(unit_of_work, clock)
        self.revoke_calendar_feed = RevokeCalendarFeed(unit_of_work)
        calendars = IcalendarCalendars()
        self.read_calendar_feed = ReadCalendarFeed(unit_of_work, clock, calendars)
        self.get_booking_calendar = GetBookingCalendar(unit_of_work, calendars)
        self.enqueue_reminders = EnqueueReminders(unit_of_work, clock)
        self.send_mail = SendMail(
            clock,
            self.mails,
            AccountMailComposer(unit_of_work, clock, FakeResetTokens(), FRONTEND_URL),
            BookingMailComposer(unit_of_work, clock, calendars),
            PlanMailComposer(unit_of_work),
        )
        self.run_jobs = RunJobs(unit_of_work, clock, {MAIL: self.send_mail})

    def _set_up_auth(self, unit_of_work: UnitOfWorkFactory) -> None:
        clock, ids, passwords = self.clock, self.ids, self.passwords
        password_policy = PasswordPolicy(passwords, FakeCommonPasswords())
        accounts = AccountFactory(password_policy, ids)
        sessions = SessionIssuer(self.tokens, ids, REFRESH_LIFETIME)
        limiter = RateLimiter(self.rate_limit_store, clock, FEW)
        self.sign_up = SignUp(unit_of_work, clock, ids, accounts, sessions, limiter)
        self.log_in = LogIn(unit_of_work, clock, ids, passwords, sessions, limiter)
        self.refresh = Refresh(unit_of_work, clock, ids, sessions, limiter)
        self.log_out = LogOut(unit_of_work, clock, ids)
        self.list_sessions = ListSessions(unit_of_work, clock)
        self.end_session = EndSession(unit_of_work, clock, ids)
        self.authenticate = Authenticate(self.session_lookup, clock, self.tokens)
        self.get_me = GetMe(unit_of_work)
        self.update_me = UpdateMe(unit_of_work, clock)
        self.change_password = ChangePassword(
            unit_of_work, clock, ids, passwords, password_policy, limiter
        )
        self.request_password_reset = RequestPasswordReset(unit_of_work, clock, ids, limiter)
        self.reset_password = ResetPassword(unit_of_work, clock, ids, password_policy)
        self.create_admin = CreateAdmin(unit_of_work, clock, ids, accounts)
        self.find_users = FindUsers(unit_of_work)
        self.get_user = GetUser(unit_of_work)
        self.change_user = ChangeUser(unit_of_work, clock, ids)
        self.search_audit = SearchAudit(unit_of_work)

    async def deliver(self) -> list[Mail]:
        """Do all jobs that are due; the mails that were sent meanwhile."""
        before = len(self.mails.mails)
        while await self.run_jobs():
            pass
        return self.mails.mails[before:]

    async def noted_mails(self) -> list[Job]:
        """The mails that are still to be sent, the first noted first."""
        async with self.unit_of_work() as uow:
            jobs = await uow.jobs.unfinished(only_given_up=False, limit=1_000)
        return [job for job in jobs if job.kind == MAIL]

    def others_being_faster(self, action: Action, *, times: int = 1) -> "World":
        """The same house, in which that happens just before each of the first commits."""
        world = copy.copy(self)
        world._set_up(_OthersBeingFaster(self.store, action, times))
        return world

    def hashing_passwords_with(self, passwords: PasswordHasher) -> "World":
        """The same house after another way of hashing has come into force."""
        world = copy.copy(self)
        world.passwords = passwords
        world._set_up(self.unit_of_work)
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
