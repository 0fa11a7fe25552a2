"""MemoryHouse: all use cases over memory adapters, ready to use."""

from datetime import datetime, timedelta
from secrets import token_urlsafe
from uuid import UUID
from zoneinfo import ZoneInfo

from adapters.memory.fake_payment_gateway import FakePaymentGateway
from adapters.memory.fakes import (
    FakeAccessTokens,
    FakeCommonPasswords,
    FakeMailer,
    FakePasswordHasher,
    FakeResetTokens,
    SequentialIds,
    SettableClock,
)
from adapters.memory.rate_limit_store import MemoryRateLimitStore
from adapters.memory.store import MemoryStore
from application.auth.account_factory import NewAccount
from application.bookings.booking_request import BookingRequest
from application.common.caller import Caller
from application.spaces.create_space import NewSpace
from application.use_cases import UseCases
from domain.bookings import Booking
from domain.house import House
from domain.ids import UserId
from domain.money import Money
from domain.spaces import Space, SpaceType
from domain.tariff import Tariff
from domain.users import EmailAddress, Role

_MANAGER = Caller(UserId(UUID(int=0)), Role.ADMIN)
"""Creates the spaces; has no account."""


class MemoryHouse:
    """All use cases over memory adapters, and shortcuts for examples and tests.

    The clock stays at `now` until it is set or advanced. The default `house` has the default
    settings, in UTC.
    """

    def __init__(self, *, now: datetime, house: House | None = None) -> None:
        self.store = MemoryStore()
        self.clock = SettableClock(now)
        self.mails = FakeMailer()
        self.use_cases = UseCases(
            unit_of_work=self.store.unit_of_work,
            clock=self.clock,
            ids=SequentialIds(),
            house=house or House(timezone=ZoneInfo("UTC")),
            passwords=FakePasswordHasher(),
            common_passwords=FakeCommonPasswords(),
            tokens=FakeAccessTokens(timedelta(minutes=15)),
            rate_limit_store=MemoryRateLimitStore(),
            session_lookup=self.store.session_lookup,
            mailer=self.mails,
            reset_tokens=FakeResetTokens(),
            payments=FakePaymentGateway(),
        )

    async def add_user(
        self, email: str, *, full_name: str = "Ada Example", role: Role = Role.MEMBER
    ) -> Caller:
        """Create an account with a random password. Raises EmailTaken, InvalidValue."""
        account = NewAccount(
            email=EmailAddress.parse(email),
            password=token_urlsafe(),
            full_name=full_name,
            role=role,
        )
        created = await self.use_cases.create_admin(account)
        return Caller(created.user.id, role)

    async def add_space(
        self,
        name: str,
        *,
        hourly: str,
        space_type: SpaceType = SpaceType.MEETING_ROOM,
        capacity: int = 1,
    ) -> Space:
        """Create a space that is always open; `hourly` is a rate such as "21.00".

        Raises InvalidValue.
        """
        space = NewSpace(
            name=name,
            description="",
            space_type=space_type,
            capacity=capacity,
            tariff=Tariff(hourly=Money.parse(hourly)),
            amenities=(),
            opening_hours=None,
        )
        return await self.use_cases.create_space(_MANAGER, space)

    async def book(
        self, caller: Caller, space: Space, start: datetime, duration: timedelta
    ) -> Booking:
        """Book the space. Raises what CreateBooking raises, such as BookingConflict."""
        request = BookingRequest(space_id=space.id, start=start, end=start + duration)
        return await self.use_cases.create_booking(caller, request)
