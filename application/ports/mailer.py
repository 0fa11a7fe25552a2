"""Mailer: what the house writes to its people."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from application.ports.jobs import CannotBeDone
from domain.bookings import Booking
from domain.money import ZERO, Money
from domain.subscriptions import Subscription
from domain.users import EmailAddress, Locale


class Occasion(StrEnum):
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
class AboutAccount:
    """Where a mail about an account leads: a link that may be a secret."""

    link: str

    def __repr__(self) -> str:
        return "AboutAccount()"


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutBooking:
    """A booking, what of its price goes back on this occasion, and a calendar to go with it."""

    booking: Booking
    space_name: str
    refund: Money = ZERO
    calendar: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutPlan:
    """A member's plan as it stands."""

    plan: Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail. Whatever has the same `key` is the same mail, however often it is sent."""

    key: str
    occasion: Occasion
    to: Recipient
    about: AboutAccount | AboutBooking | AboutPlan
    written_at: datetime


class MailRefused(CannotBeDone):
    """The mail server will not take this mail, now or later; the message says why."""


class MailPutOff(Exception):
    """It cannot be sent now. Nobody can tell whether it was, when the connection broke late."""


class Mailer(Protocol):
    """Puts mails into words, in the language of who gets them, and sends them."""

    async def send(self, mail: Mail) -> None:
        """Send it. Raises MailRefused and MailPutOff."""
        ...
