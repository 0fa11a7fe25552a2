"""Mail: one mail. Whatever has the same `key` is the same mail, however often it is sent."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.bookings import Booking
from domain.money import ZERO, Money
from domain.subscriptions import Subscription
from domain.users import EmailAddress, Locale


class MailType(StrEnum):
    """What a mail is written for."""

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
    """Who gets it, in which language."""

    address: EmailAddress
    full_name: str
    locale: Locale

    def __repr__(self) -> str:
        return "Recipient()"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountContent:
    """Where a mail about an account leads: a link that may be a secret."""

    link: str

    def __repr__(self) -> str:
        return "AccountContent()"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingContent:
    """A booking, what of its price goes back on this occasion, and a calendar to go with it."""

    booking: Booking
    space_name: str
    refund: Money = ZERO
    calendar: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContent:
    """A member's plan as it stands."""

    plan: Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail. Whatever has the same `key` is the same mail, however often it is sent."""

    key: str
    occasion: MailType
    to: Recipient
    about: AccountContent | BookingContent | PlanContent
    written_at: datetime
