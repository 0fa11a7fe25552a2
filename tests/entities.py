"""Sound entities for tests, each field with a value that nobody has to think about.

Every function takes the fields that a test is about. Ids are fresh, so that entities never meet by
chance.
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
"""Midnight of a Monday, the day around which tests take place."""
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
    """From one hour of MONDAY to another; both may be beyond the day."""
    return Period(MONDAY + start * HOUR, MONDAY + end * HOUR)


def a_user(**fields: Any) -> User:
    """A member's account, with an address of its own."""
    user_id = UserId(IDS.new())
    sound: dict[str, Any] = {
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
    return User(**sound | fields)


def a_member(user: User, **fields: Any) -> Member:
    """The customer behind that account."""
    sound: dict[str, Any] = {
        "id": MemberId(IDS.new()),
        "user_id": user.id,
        "phone": None,
        "company": None,
        "payment_customer_id": None,
        "version": 1,
        "created_at": MONDAY,
        "updated_at": MONDAY,
    }
    return Member(**sound | fields)


def a_session(user: User, **fields: Any) -> RefreshSession:
    """A log-in of that account, with a token of its own."""
    session_id = SessionId(IDS.new())
    sound: dict[str, Any] = {
        "id": session_id,
        "user_id": user.id,
        "token_hash": session_id.bytes * 2,
        "user_agent": None,
        "client_address": None,
        "created_at": MONDAY,
        "last_used_at": MONDAY,
        "expires_at": MONDAY + timedelta(days=30),
    }
    return RefreshSession(**sound | fields)


def a_reset(user: User, **fields: Any) -> PasswordReset:
    """A link for that account to set a new password, with a token of its own."""
    sound: dict[str, Any] = {
        "user_id": user.id,
        "token_hash": IDS.new().bytes * 2,
        "credentials_version": user.credentials_version,
        "expires_at": MONDAY + HOUR,
    }
    return PasswordReset(**sound | fields)


def an_entry(**fields: Any) -> AuditEntry:
    """A line of the security log about nobody in particular."""
    sound: dict[str, Any] = {
        "id": AuditEntryId(IDS.new()),
        "at": MONDAY,
        "event": AuditEvent.USER_LOG_IN_FAILED,
        "actor_id": None,
        "subject_id": None,
        "client_address": None,
        "details": {},
    }
    return AuditEntry(**sound | fields)


def a_space(**fields: Any) -> Space:
    """A meeting room that is always open."""
    sound: dict[str, Any] = {
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
    return Space(**sound | fields)


def a_zone(desks: int, **fields: Any) -> Space:
    """A zone of so many hot desks."""
    return a_space(name="Deck", space_type=SpaceType.HOT_DESK, capacity=desks, **fields)


def a_booking(
    user: User,
    space: Space,
    period: Period,
    *,
    status: BookingStatus = BookingStatus.CONFIRMED,
    **fields: Any,
) -> Booking:
    """A booking of the first desk, with the times that its status asks for."""
    came = status in {BookingStatus.CHECKED_IN, BookingStatus.COMPLETED}
    left = status is BookingStatus.COMPLETED
    held = status is BookingStatus.PENDING
    cancelled = status is BookingStatus.CANCELLED
    sound: dict[str, Any] = {
        "id": BookingId(IDS.new()),
        "user_id": user.id,
        "space_id": space.id,
        "desk": 1,
        "period": period,
        "status": status,
        "amount": Money(12_50),
        "hold_expires_at": MONDAY + timedelta(minutes=15) if held else None,
        "checked_in_at": period.start if came else None,
        "checked_out_at": period.end if left else None,
        "cancelled_at": MONDAY if cancelled else None,
        "created_at": MONDAY,
        "updated_at": MONDAY,
    }
    return Booking(**sound | fields)


def an_invoice(booking: Booking, **fields: Any) -> Invoice:
    """What is owed for that booking."""
    sound: dict[str, Any] = {
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
    return Invoice(**sound | fields)


def a_subscription(member: Member, **fields: Any) -> Subscription:
    """A hot desk plan that is paid for March."""
    sound: dict[str, Any] = {
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
    return Subscription(**sound | fields)


def a_refund(booking: Booking, **fields: Any) -> Refund:
    """What is given back for that booking."""
    sound: dict[str, Any] = {
        "id": RefundId(IDS.new()),
        "booking_id": booking.id,
        "space_id": booking.space_id,
        "amount": Money(12_50),
        "decided_at": MONDAY,
    }
    return Refund(**sound | fields)


def a_movement(invoice: Invoice, **fields: Any) -> LedgerEntry:
    """That the invoice was paid, by the id of the entry."""
    id_ = LedgerEntryId(IDS.new())
    sound: dict[str, Any] = {
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
    return LedgerEntry(**sound | fields)


def a_log(booking: Booking, **fields: Any) -> OccupancyLog:
    """The stay that belongs to that booking, still going on."""
    sound: dict[str, Any] = {
        "id": OccupancyLogId(IDS.new()),
        "booking_id": booking.id,
        "space_id": booking.space_id,
        "occupied_at": booking.period.start,
    }
    return OccupancyLog(**sound | fields)


async def given(unit_of_work: UnitOfWorkFactory, *entities: Entity) -> None:
    """Commit these, first those that others may refer to."""
    async with unit_of_work() as uow:
        for entity in entities:
            _note_people_and_spaces(uow, entity)
        await uow.commit()
    async with unit_of_work() as uow:
        for entity in entities:
            if isinstance(entity, Booking):
                space = await uow.spaces.get(entity.space_id)
                assert space is not None
                uow.bookings.add(entity, space=space)
            else:
                _note_what_they_have(uow, entity)
        await uow.commit()


def _note_people_and_spaces(uow: UnitOfWork, entity: Entity) -> None:
    match entity:
        case User():
            uow.users.add(entity)
        case Member():
            uow.members.add(entity)
        case Space():
            uow.spaces.add(entity)


def _note_what_they_have(uow: UnitOfWork, entity: Entity) -> None:
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
