"""Factories of valid entities.

Each takes the fields that a test is about and fills in defaults for the others. Ids are new and
unique.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.system import UuidV7Ids
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.audit import AuditEntry, AuditEvent
from domain.bookings import Booking, BookingStatus
from domain.ids import (
    AuditEntryId,
    BookingId,
    InvoiceId,
    LedgerEntryId,
    MemberId,
    OccupancyLogId,
    RefundId,
    SessionId,
    SpaceId,
    SubscriptionId,
    UserId,
)
from domain.invoices import Invoice, InvoiceStatus
from domain.ledger import EntryKind, LedgerEntry
from domain.money import Money
from domain.occupancy import OccupancyLog
from domain.password_resets import PasswordReset
from domain.period import Period
from domain.refunds import Refund
from domain.sessions import RefreshSession
from domain.spaces import Space, SpaceType
from domain.subscriptions import PlanType, Subscription, SubscriptionStatus
from domain.tariff import Tariff
from domain.users import EmailAddress, Locale, Member, Role, User

IDS = UuidV7Ids()
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
"""Midnight of a Monday, in UTC: the reference time of most tests."""
HOUR = timedelta(hours=1)

Entity = (
    User
    | Member
    | RefreshSession
    | PasswordReset
    | AuditEntry
    | Space
    | Booking
    | Subscription
    | Invoice
    | Refund
    | LedgerEntry
    | OccupancyLog
)


def hours(start: float, end: float) -> Period:
    """Return the period between two hours of MONDAY, which may be past midnight."""
    return Period(MONDAY + start * HOUR, MONDAY + end * HOUR)


def a_user(**fields: Any) -> User:
    """A member with a unique e-mail address."""
    user_id = UserId(IDS.new())
    defaults: dict[str, Any] = {
        "id": user_id,
        "email": EmailAddress.parse(f"{user_id}@example.com"),
        "password_hash": "no hash of anything",
        "full_name": "Ada Lovelace",
        "role": Role.MEMBER,
        "is_active": True,
        "locale": Locale.ENGLISH,
        "reminders": True,
        "version": 1,
        "created_at": MONDAY,
        "updated_at": MONDAY,
    }
    return User(**defaults | fields)


def a_member(user: User, **fields: Any) -> Member:
    """The customer of that user."""
    defaults: dict[str, Any] = {
        "id": MemberId(IDS.new()),
        "user_id": user.id,
        "phone": None,
        "company": None,
        "payment_customer_id": None,
        "version": 1,
        "created_at": MONDAY,
        "updated_at": MONDAY,
    }
    return Member(**defaults | fields)


def a_session(user: User, **fields: Any) -> RefreshSession:
    """A session of that user, with a unique token."""
    session_id = SessionId(IDS.new())
    defaults: dict[str, Any] = {
        "id": session_id,
        "user_id": user.id,
        "token_hash": session_id.bytes * 2,
        "user_agent": None,
        "client_address": None,
        "created_at": MONDAY,
        "last_used_at": MONDAY,
        "expires_at": MONDAY + timedelta(days=30),
    }
    return RefreshSession(**defaults | fields)


def a_reset(user: User, **fields: Any) -> PasswordReset:
    """A password reset of that user, with a unique token."""
    defaults: dict[str, Any] = {
        "user_id": user.id,
        "token_hash": IDS.new().bytes * 2,
        "credentials_version": user.credentials_version,
        "expires_at": MONDAY + HOUR,
    }
    return PasswordReset(**defaults | fields)


def an_entry(**fields: Any) -> AuditEntry:
    """An entry of the security log without actor or subject."""
    defaults: dict[str, Any] = {
        "id": AuditEntryId(IDS.new()),
        "at": MONDAY,
        "event": AuditEvent.USER_LOG_IN_FAILED,
        "actor_id": None,
        "subject_id": None,
        "client_address": None,
        "details": {},
    }
    return AuditEntry(**defaults | fields)


def a_space(**fields: Any) -> Space:
    """A meeting room that is always open."""
    defaults: dict[str, Any] = {
        "id": SpaceId(IDS.new()),
        "name": "Harbour room",
        "description": "",
        "space_type": SpaceType.MEETING_ROOM,
        "capacity": 6,
        "tariff": Tariff(hourly=Money(12_50)),
        "amenities": (),
        "opening_hours": None,
        "is_active": True,
        "version": 1,
        "created_at": MONDAY,
        "updated_at": MONDAY,
    }
    return Space(**defaults | fields)


def a_zone(desks: int, **fields: Any) -> Space:
    """A zone of that many hot desks."""
    return a_space(name="Deck", space_type=SpaceType.HOT_DESK, capacity=desks, **fields)


def a_booking(
    user: User,
    space: Space,
    period: Period,
    *,
    status: BookingStatus = BookingStatus.CONFIRMED,
    **fields: Any,
) -> Booking:
    """A booking of the first desk, with the timestamps that its status requires."""
    has_checked_in = status in {BookingStatus.CHECKED_IN, BookingStatus.COMPLETED}
    has_checked_out = status is BookingStatus.COMPLETED
    is_held = status is BookingStatus.PENDING
    is_cancelled = status is BookingStatus.CANCELLED
    defaults: dict[str, Any] = {
        "id": BookingId(IDS.new()),
        "user_id": user.id,
        "space_id": space.id,
        "desk": 1,
        "period": period,
        "status": status,
        "amount": Money(12_50),
        "hold_expires_at": MONDAY + timedelta(minutes=15) if is_held else None,
        "checked_in_at": period.start if has_checked_in else None,
        "checked_out_at": period.end if has_checked_out else None,
        "cancelled_at": MONDAY if is_cancelled else None,
        "created_at": MONDAY,
        "updated_at": MONDAY,
    }
    return Booking(**defaults | fields)


def an_invoice(booking: Booking, **fields: Any) -> Invoice:
    """An open invoice of that booking."""
    defaults: dict[str, Any] = {
        "id": InvoiceId(IDS.new()),
        "user_id": booking.user_id,
        "booking_id": booking.id,
        "space_id": booking.space_id,
        "subscription_id": None,
        "amount": Money(12_50),
        "status": InvoiceStatus.OPEN,
        "description": "Harbour room",
        "issued_at": MONDAY,
    }
    return Invoice(**defaults | fields)


def a_subscription(member: Member, **fields: Any) -> Subscription:
    """A hot desk plan that is paid for March."""
    defaults: dict[str, Any] = {
        "id": SubscriptionId(IDS.new()),
        "member_id": member.id,
        "plan_type": PlanType.HOT_DESK,
        "status": SubscriptionStatus.ACTIVE,
        "provider_subscription_id": None,
        "current_period": Period(MONDAY - timedelta(days=1), MONDAY + timedelta(days=30)),
        "cancel_at_period_end": False,
        "version": 1,
        "created_at": MONDAY,
        "updated_at": MONDAY,
    }
    return Subscription(**defaults | fields)


def a_refund(booking: Booking, **fields: Any) -> Refund:
    """A refund of that booking."""
    defaults: dict[str, Any] = {
        "id": RefundId(IDS.new()),
        "booking_id": booking.id,
        "space_id": booking.space_id,
        "amount": Money(12_50),
        "decided_at": MONDAY,
    }
    return Refund(**defaults | fields)


def a_ledger_entry(invoice: Invoice, **fields: Any) -> LedgerEntry:
    """The ledger entry of the invoice's payment; its source is its own id."""
    id_ = LedgerEntryId(IDS.new())
    defaults: dict[str, Any] = {
        "id": id_,
        "kind": EntryKind.CHARGE,
        "user_id": invoice.user_id,
        "booking_id": invoice.booking_id,
        "space_id": invoice.space_id,
        "subscription_id": invoice.subscription_id,
        "invoice_id": invoice.id,
        "payment_id": None,
        "amount": invoice.amount,
        "occurred_at": MONDAY,
        "source": str(id_),
    }
    return LedgerEntry(**defaults | fields)


def a_log(booking: Booking, **fields: Any) -> OccupancyLog:
    """The occupancy log of that booking, not ended yet."""
    defaults: dict[str, Any] = {
        "id": OccupancyLogId(IDS.new()),
        "booking_id": booking.id,
        "space_id": booking.space_id,
        "occupied_at": booking.period.start,
    }
    return OccupancyLog(**defaults | fields)


async def save_all(unit_of_work: UnitOfWorkFactory, *entities: Entity) -> None:
    """Commit the entities, first those that others may refer to."""
    async with unit_of_work() as uow:
        for entity in entities:
            _add_users_and_spaces(uow, entity)
        await uow.commit()
    async with unit_of_work() as uow:
        for entity in entities:
            if isinstance(entity, Booking):
                space = await uow.spaces.get(entity.space_id)
                assert space is not None
                uow.bookings.add(entity, space=space)
            else:
                _add_dependent(uow, entity)
        await uow.commit()


def _add_users_and_spaces(uow: UnitOfWork, entity: Entity) -> None:
    match entity:
        case User():
            uow.users.add(entity)
        case Member():
            uow.members.add(entity)
        case Space():
            uow.spaces.add(entity)


def _add_dependent(uow: UnitOfWork, entity: Entity) -> None:
    match entity:
        case RefreshSession():
            uow.refresh_sessions.add(entity)
        case PasswordReset():
            uow.password_resets.put(entity)
        case AuditEntry():
            uow.audit_log.add(entity)
        case Subscription():
            uow.subscriptions.add(entity)
        case Invoice():
            uow.invoices.add(entity)
        case Refund():
            uow.refunds.add(entity)
        case LedgerEntry():
            uow.ledger.add(entity)
        case OccupancyLog():
            uow.occupancy_logs.add(entity)
