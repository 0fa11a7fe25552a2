"""Example mails: at least one for every occasion."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from adapters.calendar import IcalendarCalendars
from application.mails.mail import (
    AccountContent,
    BookingContent,
    Mail,
    MailType,
    PlanContent,
    Recipient,
)
from application.ports.calendar_feeds import CalendarEntry
from application.spaces.delete_space import SPACE_CLOSED
from domain.bookings import HOLD_EXPIRED, Booking, BookingStatus
from domain.ids import BookingId
from domain.money import Money
from domain.period import Period
from domain.subscriptions import PlanType
from domain.users import EmailAddress, Locale
from tests.entities import MONDAY, a_booking, a_member, a_space, a_subscription, a_user, hours

ZONE = ZoneInfo("Europe/Istanbul")
FRONT_PAGE = "https://house.example"
SPACE = "Galata Room"
_BOOKING_ID = BookingId(UUID("01890000-0000-7000-8000-000000000001"))


def a_mail(mail_type: MailType, content: Any, **fields: Any) -> Mail:
    """Return a mail to Ada, in English by default."""
    locale = fields.pop("locale", Locale.ENGLISH)
    name = fields.pop("full_name", "Ada Lovelace")
    address = EmailAddress.parse(fields.pop("address", "ada@example.com"))
    defaults = {
        "key": f"mail/{mail_type}/1",
        "type": mail_type,
        "to": Recipient(address=address, full_name=name, locale=locale),
        "content": content,
        "written_at": MONDAY,
    }
    return Mail(**defaults | fields)


def some_booking(period: Period | None = None, **fields: Any) -> Booking:
    """Return a booking whose id is always the same."""
    return a_booking(a_user(), a_space(), period or hours(9, 10), id=_BOOKING_ID, **fields)


def about_booking(booking: Booking, space_name: str = SPACE, **fields: Any) -> BookingContent:
    """Return the content of a mail about a booking, with a calendar."""
    calendar = IcalendarCalendars().write([CalendarEntry(booking, space_name)])
    defaults: dict[str, Any] = {"booking": booking, "space_name": space_name, "calendar": calendar}
    return BookingContent(**defaults | fields)


def _cancelled(**fields: Any) -> Booking:
    return some_booking(status=BookingStatus.CANCELLED, **fields)


def _plan(**fields: Any) -> PlanContent:
    march = Period(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    defaults = {"current_period": march}
    return PlanContent(plan=a_subscription(a_member(a_user()), **defaults | fields))


PAID = Money(12_50)
EXAMPLES: dict[str, tuple[MailType, Any]] = {
    "welcome": (MailType.WELCOME, AccountContent(link=FRONT_PAGE)),
    "password_reset": (
        MailType.PASSWORD_RESET,
        AccountContent(link=f"{FRONT_PAGE}/reset-password?token=abc"),
    ),
    "booking_confirmed": (MailType.BOOKING_CONFIRMED, about_booking(some_booking(paid=PAID))),
    "booking_confirmed_unpaid": (MailType.BOOKING_CONFIRMED, about_booking(some_booking())),
    "booking_confirmed_by_plan": (
        MailType.BOOKING_CONFIRMED,
        about_booking(some_booking(amount=Money(0), covered_by_plan=True)),
    ),
    "booking_changed": (
        MailType.BOOKING_CHANGED,
        about_booking(some_booking(paid=Money(20_00)), refund=Money(7_50)),
    ),
    "booking_cancelled": (
        MailType.BOOKING_CANCELLED,
        about_booking(_cancelled(paid=PAID, cancel_reason="I have a cold."), refund=PAID),
    ),
    "booking_cancelled_late": (MailType.BOOKING_CANCELLED, about_booking(_cancelled(paid=PAID))),
    "booking_cancelled_space_closed": (
        MailType.BOOKING_CANCELLED,
        about_booking(_cancelled(cancel_reason=SPACE_CLOSED, paid=PAID), refund=PAID),
    ),
    "booking_cancelled_hold_ran_out": (
        MailType.BOOKING_CANCELLED,
        about_booking(_cancelled(cancel_reason=HOLD_EXPIRED, lapsed=True), calendar=None),
    ),
    "booking_unpaid": (
        MailType.BOOKING_UNPAID,
        about_booking(_cancelled(lapsed=True), calendar=None),
    ),
    "reminder": (MailType.REMINDER, about_booking(some_booking(paid=PAID), calendar=None)),
    "payment_failed": (MailType.PAYMENT_FAILED, _plan()),
    "plan_started": (MailType.PLAN_STARTED, _plan()),
    "plan_changed": (MailType.PLAN_CHANGED, _plan(plan_type=PlanType.PRIVATE_OFFICE)),
    "plan_changed_to_end": (MailType.PLAN_CHANGED, _plan(cancel_at_period_end=True)),
    "plan_ended": (MailType.PLAN_ENDED, _plan(plan_type=PlanType.DEDICATED_DESK)),
}
"""Every occasion, in each variant of its mail."""
