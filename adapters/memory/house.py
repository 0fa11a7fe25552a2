"""MemoryHouse: bookings in memory, ready to use."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from adapters.memory.fakes import (
    FakeCommonPasswords,
    FakePasswordHasher,
    SequentialIds,
    SettableClock,
)
from adapters.memory.store import MemoryStore
from application.auth.account_factory import Accounts, NewAccount
from application.auth.password_policy import PasswordPolicy
from application.bookings.booking_request import BookingRequest
from application.bookings.cancel_booking import CancelBooking
from application.bookings.change_booking import ChangeBooking
from application.bookings.check_in import CheckIn
from application.bookings.check_out import CheckOut
from application.bookings.create_booking import CreateBooking
from application.bookings.quote_booking import QuoteBooking
from application.common.caller import Caller
from application.mails.enqueue_reminders import EnqueueReminders
from application.maintenance.expire_holds import ExpireHolds
from application.maintenance.mark_no_shows import MarkNoShows
from application.spaces.create_space import CreateSpace, NewSpace
from application.spaces.get_availability import GetAvailability
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
    """A store in memory and the use cases of bookings over it.

    The clock stands at `now` until it is set or advanced. Without `house` the rules are the
    defaults, in UTC.
    """

    def __init__(self, *, now: datetime, house: House | None = None) -> None:
        self.house = house or House(timezone=ZoneInfo("UTC"))
        self.clock = SettableClock(now)
        self.ids = SequentialIds()
        self.unit_of_work = MemoryStore().unit_of_work
        self._accounts = Accounts(
            PasswordPolicy(FakePasswordHasher(), FakeCommonPasswords()), self.ids
        )

        parts = self.unit_of_work, self.clock, self.ids
        self.create_space = CreateSpace(*parts)
        self.get_availability = GetAvailability(self.unit_of_work, self.clock, self.house)
        self.quote_booking = QuoteBooking(self.unit_of_work, self.clock, self.house)
        self.create_booking = CreateBooking(*parts, self.house)
        self.change_booking = ChangeBooking(*parts, self.house)
        self.cancel_booking = CancelBooking(*parts, self.house)
        self.check_in = CheckIn(*parts)
        self.check_out = CheckOut(*parts)
        self.expire_holds = ExpireHolds(*parts)
        self.mark_no_shows = MarkNoShows(*parts, self.house)
        self.note_reminders = EnqueueReminders(self.unit_of_work, self.clock)

    async def add_user(
        self, email: str, *, full_name: str = "Ada Example", role: Role = Role.MEMBER
    ) -> Caller:
        """Create an account without a password. Raises EmailTaken, InvalidValue."""
        account = NewAccount(
            email=EmailAddress.parse(email), password="", full_name=full_name, role=role
        )
        async with self.unit_of_work() as uow:
            opened = await self._accounts.open(uow, account, "", at=self.clock.now())
            await uow.commit()
        return Caller(opened.user.id, role)

    async def add_space(
        self,
        name: str,
        *,
        hourly: str,
        space_type: SpaceType = SpaceType.MEETING_ROOM,
        capacity: int = 1,
    ) -> Space:
        """Create a space that is always open, for a rate such as "21.00". Raises InvalidValue."""
        space = NewSpace(
            name=name,
            description="",
            space_type=space_type,
            capacity=capacity,
            tariff=Tariff(hourly=Money.parse(hourly)),
            amenities=(),
            opening_hours=None,
        )
        return await self.create_space(_MANAGER, space)

    async def book(
        self, caller: Caller, space: Space, start: datetime, duration: timedelta
    ) -> Booking:
        """Book the space. Raises what CreateBooking raises, BookingConflict for a taken slot."""
        request = BookingRequest(space_id=space.id, start=start, end=start + duration)
        return await self.create_booking(caller, request)
