"""Mail: an email to one recipient, before it is rendered."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.bookings import Booking
from domain.money import ZERO, Money
from domain.subscriptions import Subscription
from domain.users import EmailAddress, Locale


class MailType(StrEnum):
    """Why a mail is sent; selects its template."""

    WELCOME = "welcome"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - not a password
    BOOKING_CONFIRMED = "booking_confirmed"
    BOOKING_CHANGED = "booking_changed"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_UNPAID = "booking_unpaid"
    REMINDER = "reminder"
    PAYMENT_FAILED = "payment_failed"
    PLAN_STARTED = "plan_started"
    PLAN_CHANGED = "plan_changed"
    PLAN_ENDED = "plan_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """The person a mail is sent to, and their language."""

    address: EmailAddress
    full_name: str
    locale: Locale

    def __repr__(self) -> str:
        return "Recipient()"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountContent:
    """Content of a mail about an account: a link that may contain a secret."""

    link: str

    def __repr__(self) -> str:
        return "AccountContent()"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingContent:
    """Content of a mail about a booking: the refund of this change, and an iCalendar attachment."""

    booking: Booking
    space_name: str
    refund: Money = ZERO
    calendar: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContent:
    """Content of a mail about a plan: its current state."""

    plan: Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """An email to one recipient. A mail with the same `key` is the same mail, sent again."""

    key: str
    type: MailType
    to: Recipient
    content: AccountContent | BookingContent | PlanContent
    written_at: datetime
