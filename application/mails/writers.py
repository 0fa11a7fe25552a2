"""Writers: what each mail says and to whom, by what is true when it is written."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from application.auth.sessions import token_hash
from application.ports.calendar_feeds import CalendarEntry
from application.ports.calendars import Calendars
from application.ports.clock import Clock
from application.ports.jobs import Job
from application.ports.mailer import AboutAccount, AboutBooking, AboutPlan, Occasion
from application.ports.reset_tokens import ResetTokens
from application.ports.unit_of_work import UnitOfWorkFactory
from application.retry import retried_when_stale
from domain.bookings import Booking, BookingStatus
from domain.ids import BookingId, SubscriptionId, UserId
from domain.money import ZERO, Money
from domain.password_resets import RESET_LIFETIME, PasswordReset
from domain.refunds import Refund
from domain.reminders import is_reminder_relevant
from domain.subscriptions import COVERING_STATUSES, Subscription, SubscriptionStatus
from domain.users import User

Written = tuple[User, AboutAccount | AboutBooking | AboutPlan]


class Writer(Protocol):
    """Writes the mails of some occasions."""

    async def __call__(self, occasion: Occasion, job: Job) -> Written | None:
        """To whom, and about what as it stands now; None when there is no need of it any more."""
        ...


class WriteAboutAccount:
    """Welcome, and the link to set a new password, which leads to `frontend_url`.

    The token of such a link is made here, and here its hash is stored: it lies nowhere meanwhile.
    A link that was used up, or made needless by another password, is not made again.
    """

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        clock: Clock,
        reset_tokens: ResetTokens,
        frontend_url: str,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._reset_tokens = reset_tokens
        self._frontend_url = frontend_url.rstrip("/")

    async def __call__(self, occasion: Occasion, job: Job) -> Written | None:
        if occasion is Occasion.PASSWORD_RESET:
            return await self._reset(job)
        async with self._unit_of_work() as uow:
            user = await uow.users.get(_user_id(job))
        return None if user is None else (user, AboutAccount(link=self._frontend_url))

    @retried_when_stale
    async def _reset(self, job: Job) -> Written | None:
        token = self._reset_tokens.token(job.id)
        credentials_version = int(job.payload["credentials_version"])
        async with self._unit_of_work() as uow:
            user = await uow.users.get(_user_id(job))
            if (
                user is None
                or not user.is_active
                or user.credentials_version != credentials_version
            ):
                return None
            uow.password_resets.put(
                PasswordReset(
                    user_id=user.id,
                    token_hash=token_hash(token),
                    credentials_version=credentials_version,
                    expires_at=self._clock.now() + RESET_LIFETIME,
                )
            )
            await uow.commit()
        link = f"{self._frontend_url}/reset-password?token={token}"
        return user, AboutAccount(link=link)


class WriteAboutBooking:
    """What became of a booking, unless something else has become of it since."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, calendars: Calendars) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._calendars = calendars

    async def __call__(self, occasion: Occasion, job: Job) -> Written | None:
        booking_id = BookingId(UUID(job.payload["booking_id"]))
        async with self._unit_of_work() as uow:
            booking = await uow.bookings.get(booking_id)
            if booking is None:
                return None
            user = await uow.users.get(booking.user_id)
            space = await uow.spaces.get(booking.space_id)
            refunds = await uow.refunds.of_booking(booking_id)
        if user is None or space is None or not self._is_wanted(occasion, booking, user, job):
            return None
        about = AboutBooking(
            booking=booking,
            space_name=space.name,
            # What was decided in the same commit was decided at the same instant.
            refund=_sum(refund for refund in refunds if refund.decided_at == job.noted_at),
            calendar=self._calendar(occasion, CalendarEntry(booking, space.name)),
        )
        return user, about

    def _is_wanted(self, occasion: Occasion, booking: Booking, user: User, job: Job) -> bool:
        match occasion:
            case Occasion.BOOKING_CANCELLED | Occasion.BOOKING_UNPAID:
                return booking.status is BookingStatus.CANCELLED
            case Occasion.REMINDER:
                is_current = booking.period.start.isoformat() == job.payload["start"]
                return is_current and is_reminder_relevant(booking, user, now=self._clock.now())
            case _:
                return booking.status in {BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN}

    def _calendar(self, occasion: Occasion, entry: CalendarEntry) -> bytes | None:
        if occasion in {Occasion.BOOKING_UNPAID, Occasion.REMINDER} or entry.booking.lapsed:
            # There is nothing to put into a calendar, or it is there already.
            return None
        return self._calendars.write([entry])


class WriteAboutPlan:
    """What became of a plan, unless it is in order again or over by now."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, occasion: Occasion, job: Job) -> Written | None:
        user_id, plan_id = _user_id(job), SubscriptionId(UUID(job.payload["subscription_id"]))
        async with self._unit_of_work() as uow:
            user = await uow.users.get(user_id)
            member = await uow.members.of_user(user_id)
            plans = await uow.subscriptions.of_member(member.id) if member else []
        plan = next((plan for plan in plans if plan.id == plan_id), None)
        if user is None or plan is None or not _still_so(occasion, plan):
            return None
        return user, AboutPlan(plan=plan)


def _still_so(occasion: Occasion, plan: Subscription) -> bool:
    match occasion:
        case Occasion.PAYMENT_FAILED:
            return plan.status is SubscriptionStatus.PAST_DUE
        case Occasion.PLAN_ENDED:
            return not plan.is_live
        case Occasion.PLAN_STARTED:
            return plan.status in COVERING_STATUSES
        case _:
            return plan.is_live


def _sum(refunds: Iterable[Refund]) -> Money:
    return sum((refund.amount for refund in refunds), start=ZERO)


def _user_id(job: Job) -> UserId:
    return UserId(UUID(job.payload["user_id"]))
