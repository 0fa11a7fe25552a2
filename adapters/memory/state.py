"""State: all committed data."""

from dataclasses import dataclass
from datetime import datetime

from adapters.memory.desk_index import DeskIndex
from adapters.memory.table import Groups, Table, UniqueKey
from application.jobs.job import Job
from application.ports.calendar_feeds import CalendarFeed
from application.ports.idempotency_keys import ProcessedRequest
from domain.audit import AuditEntry
from domain.bookings import Booking
from domain.checkouts import CURRENT_STATUSES, Checkout
from domain.ids import BookingId, MemberId, SessionId, UserId
from domain.invoices import Invoice, InvoiceStatus
from domain.ledger import LedgerEntry, ProviderPayment
from domain.occupancy import OccupancyLog
from domain.password_resets import PasswordReset
from domain.refunds import Refund
from domain.sessions import RefreshSession
from domain.space_history import SpaceVersion
from domain.spaces import Space
from domain.subscriptions import Subscription, SubscriptionStatus
from domain.users import Member, User


@dataclass(frozen=True, slots=True)
class UsedToken:
    """A refresh token that a session has used; the id is the token's hash."""

    id: bytes
    session_id: SessionId


@dataclass(frozen=True, slots=True)
class LatestReset:
    """A user's latest password reset, under the user's id."""

    reset: PasswordReset

    @property
    def id(self) -> UserId:
        """The user's id."""
        return self.reset.user_id


@dataclass(frozen=True, slots=True)
class ProcessedKey:
    """The stored response of a request, under its user and idempotency key."""

    request: ProcessedRequest

    @property
    def id(self) -> tuple[UserId, str]:
        """The user's id and the idempotency key."""
        return self.request.user_id, self.request.key


@dataclass(frozen=True, slots=True)
class OpenFeed:
    """A user's calendar feed, under the user's id."""

    feed: CalendarFeed

    @property
    def id(self) -> UserId:
        """The user's id."""
        return self.feed.user_id


@dataclass(frozen=True, slots=True)
class HandledEvent:
    """A payment event that took effect."""

    id: str


class State:
    """The tables with their unique keys and references, as in the database schema."""

    def __init__(self) -> None:
        self.user_by_email = UniqueKey[User](lambda user: user.email)
        self.users = Table[User](self.user_by_email)

        self.member_by_user = UniqueKey[Member](lambda member: member.user_id)
        self.member_by_customer = UniqueKey[Member](lambda member: member.payment_customer_id)
        self.members = Table[Member](
            self.member_by_user,
            self.member_by_customer,
            references={lambda member: member.user_id: self.users},
        )

        self.session_by_token = UniqueKey[RefreshSession](lambda session: session.token_hash)
        self.sessions_by_user = Groups[RefreshSession](lambda session: session.user_id)
        self.refresh_sessions = Table[RefreshSession](
            self.session_by_token,
            self.sessions_by_user,
            references={lambda session: session.user_id: self.users},
        )
        self.used_tokens_by_session = Groups[UsedToken](lambda token: token.session_id)
        self.used_tokens = Table[UsedToken](
            self.used_tokens_by_session,
            references={lambda token: token.session_id: self.refresh_sessions},
        )
        self.reset_by_token = UniqueKey[LatestReset](lambda latest: latest.reset.token_hash)
        self.password_resets = Table[LatestReset](
            self.reset_by_token, references={lambda latest: latest.reset.user_id: self.users}
        )

        self.audit_log = Table[AuditEntry]()

        self.spaces = Table[Space]()
        self.history_by_space = Groups[SpaceVersion](lambda version: version.space_id)
        self.space_history = Table[SpaceVersion](
            self.history_by_space, references={lambda version: version.space_id: self.spaces}
        )

        self.bookings_by_user = Groups[Booking](lambda booking: booking.user_id)
        self.bookings_by_space = Groups[Booking](lambda booking: booking.space_id)
        self.occupied_desks = DeskIndex()
        # Rows that belong to a booking reference it together with its space.
        booking_by_key = UniqueKey[Booking](lambda booking: (booking.id, booking.space_id))
        self.bookings = Table[Booking](
            booking_by_key,
            self.bookings_by_user,
            self.bookings_by_space,
            self.occupied_desks,
            references={
                lambda booking: booking.user_id: self.users,
                lambda booking: booking.space_id: self.spaces,
            },
        )

        self.log_by_booking = UniqueKey[OccupancyLog](lambda log: log.booking_id)
        self.occupancy_logs = Table[OccupancyLog](
            self.log_by_booking,
            references={lambda log: (log.booking_id, log.space_id): booking_by_key},
        )

        self.live_subscription_by_member = UniqueKey[Subscription](_member_if_live)
        self.subscriptions = Table[Subscription](
            self.live_subscription_by_member,
            UniqueKey[Subscription](lambda subscription: subscription.provider_subscription_id),
            references={lambda subscription: subscription.member_id: self.members},
        )

        self.invoices_by_booking = Groups[Invoice](lambda invoice: invoice.booking_id)
        self.invoices = Table[Invoice](
            self.invoices_by_booking,
            UniqueKey[Invoice](_booking_if_not_void),
            UniqueKey[Invoice](lambda invoice: invoice.number),
            references={
                lambda invoice: invoice.user_id: self.users,
                _booking_key: booking_by_key,
                lambda invoice: invoice.subscription_id: self.subscriptions,
            },
        )

        self.refunds_by_booking = Groups[Refund](lambda refund: refund.booking_id)
        self.refunds = Table[Refund](
            self.refunds_by_booking,
            references={lambda refund: (refund.booking_id, refund.space_id): booking_by_key},
        )

        self.checkouts_by_booking = Groups[Checkout](lambda checkout: checkout.booking_id)
        self.current_checkout = UniqueKey[Checkout](_subject_if_current)
        self.checkouts = Table[Checkout](self.checkouts_by_booking, self.current_checkout)
        self.entry_by_source = UniqueKey[LedgerEntry](lambda entry: entry.source)
        self.entries_by_booking = Groups[LedgerEntry](lambda entry: entry.booking_id)
        self.entries_by_payment = Groups[LedgerEntry](lambda entry: entry.payment_id)
        self.entries_by_invoice = Groups[LedgerEntry](lambda entry: entry.invoice_id)
        self.ledger = Table[LedgerEntry](
            self.entry_by_source,
            self.entries_by_booking,
            self.entries_by_payment,
            self.entries_by_invoice,
        )
        self.payments = Table[ProviderPayment]()
        self.handled_events = Table[HandledEvent]()

        self.feed_by_token = UniqueKey[OpenFeed](lambda opened: opened.feed.token_hash)
        self.calendar_feeds = Table[OpenFeed](
            self.feed_by_token, references={lambda opened: opened.feed.user_id: self.users}
        )
        self.idempotency_keys = Table[ProcessedKey](
            references={lambda processed: processed.request.user_id: self.users}
        )

        self.jobs = Table[Job]()
        self.ticks: dict[str, datetime] = {}


def _booking_if_not_void(invoice: Invoice) -> BookingId | None:
    return invoice.booking_id if invoice.status is not InvoiceStatus.VOID else None


def _subject_if_current(checkout: Checkout) -> tuple[object, object] | None:
    if checkout.status not in CURRENT_STATUSES:
        return None
    owner = checkout.user_id if checkout.booking_id is None else None
    return checkout.booking_id, owner


def _member_if_live(subscription: Subscription) -> MemberId | None:
    is_live = subscription.status is not SubscriptionStatus.CANCELLED
    return subscription.member_id if is_live else None


def _booking_key(invoice: Invoice) -> tuple[object, object] | None:
    is_for_booking = invoice.booking_id is not None
    return (invoice.booking_id, invoice.space_id) if is_for_booking else None
