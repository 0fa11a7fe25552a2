"""Between rows and entities.

Reading takes the columns in the order of their table and trusts the table's constraints as far as
the entity's own go; writing gives a value for each column by name.
"""

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import starmap
from typing import Any, TypeAlias

import asyncpg

from adapters.postgres.tables import users
from application.ports.idempotency_keys import AnsweredRequest, KeptAnswer
from domain.bookings import Booking, BookingStatus
from domain.invoices import Invoice, InvoiceStatus
from domain.money import Money
from domain.occupancy import OccupancyLog
from domain.opening_hours import OpeningHours
from domain.period import Period
from domain.refunds import Refund
from domain.schedule import Occupation
from domain.space_history import SpaceVersion
from domain.spaces import Space, SpaceType
from domain.subscriptions import PlanType, ProviderStatus, Subscription, SubscriptionStatus
from domain.tariff import Tariff
from domain.users import Account, EmailAddress, Locale, Member, Role, User, search_key

Row: TypeAlias = Sequence[Any] | asyncpg.Record
_USER_WIDTH = len(users.c)


def user_from(row: Row) -> User:
    """A row of `users`."""
    id_, email, password_hash, full_name, role, is_active, locale, reminders, *rest = row
    version, created_at, updated_at, credentials_version, _ = rest
    return User(
        id=id_,
        email=EmailAddress(email),
        password_hash=password_hash,
        full_name=full_name,
        role=Role(role),
        is_active=is_active,
        locale=Locale(locale),
        reminders=reminders,
        credentials_version=credentials_version,
        version=version,
        created_at=created_at,
        updated_at=updated_at,
    )


def user_row(user: User) -> dict[str, Any]:
    """The columns of `users`."""
    return {
        "id": user.id,
        "email": user.email.value,
        "password_hash": user.password_hash,
        "full_name": user.full_name,
        "role": user.role,
        "is_active": user.is_active,
        "locale": user.locale,
        "reminders": user.reminders,
        "version": user.version,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
        "credentials_version": user.credentials_version,
        "search_text": search_key(f"{user.email} {user.full_name}"),
    }


def member_from(row: Row) -> Member:
    """A row of `members`."""
    id_, user_id, phone, company, payment_customer_id, version, created_at, updated_at = row
    return Member(
        id=id_,
        user_id=user_id,
        phone=phone,
        company=company,
        payment_customer_id=payment_customer_id,
        version=version,
        created_at=created_at,
        updated_at=updated_at,
    )


def member_row(member: Member) -> dict[str, Any]:
    """The columns of `members`."""
    return {
        "id": member.id,
        "user_id": member.user_id,
        "phone": member.phone,
        "company": member.company,
        "stripe_customer_id": member.payment_customer_id,
        "version": member.version,
        "created_at": member.created_at,
        "updated_at": member.updated_at,
    }


def account_from(row: Row) -> Account:
    """A row of `users` followed by one of `members`."""
    return Account(user_from(row[:_USER_WIDTH]), member_from(row[_USER_WIDTH:]))


def space_from(row: Row) -> Space:
    """A row of `spaces`."""
    id_, name, description, space_type, capacity, hourly, daily, monthly, *rest = row
    amenities, opening_hours, is_active, version, created_at, updated_at = rest
    return Space(
        id=id_,
        name=name,
        description=description,
        space_type=SpaceType(space_type),
        capacity=capacity,
        tariff=Tariff(hourly=_money(hourly), daily=_money(daily), monthly=_money(monthly)),
        amenities=tuple(amenities),
        opening_hours=_hours(opening_hours),
        is_active=is_active,
        version=version,
        created_at=created_at,
        updated_at=updated_at,
    )


def space_row(space: Space) -> dict[str, Any]:
    """The columns of `spaces`."""
    hours = space.opening_hours
    return {
        "id": space.id,
        "name": space.name,
        "description": space.description,
        "space_type": space.space_type,
        "capacity": space.capacity,
        "hourly_rate_cents": _cents(space.tariff.hourly),
        "daily_rate_cents": _cents(space.tariff.daily),
        "monthly_rate_cents": _cents(space.tariff.monthly),
        "amenities": list(space.amenities),
        "opening_hours": None if hours is None else json.dumps(hours.as_week()),
        "is_active": space.is_active,
        "version": space.version,
        "created_at": space.created_at,
        "updated_at": space.updated_at,
    }


def space_version_from(row: Row) -> SpaceVersion:
    """A row of `space_history`."""
    space_id, version, since, desks, opening_hours, is_active = row
    return SpaceVersion(
        space_id=space_id,
        version=version,
        since=since,
        desks=desks,
        opening_hours=_hours(opening_hours),
        is_active=is_active,
    )


def space_version_row(version: SpaceVersion) -> dict[str, Any]:
    """The columns of `space_history`."""
    hours = version.opening_hours
    return {
        "space_id": version.space_id,
        "version": version.version,
        "since": version.since,
        "desks": version.desks,
        "opening_hours": None if hours is None else json.dumps(hours.as_week()),
        "is_active": version.is_active,
    }


def booking_from(row: Row) -> Booking:
    """A row of `bookings`."""
    id_, space_id, user_id, desk, start, end, status, amount, paid, refunded, *rest = row
    covered_by_plan, notes, hold_expires_at, checked_in_at, checked_out_at, *rest = rest
    cancelled_at, cancel_reason, version, created_at, updated_at, lapsed = rest
    return Booking(
        id=id_,
        user_id=user_id,
        space_id=space_id,
        desk=desk,
        period=Period(start, end),
        status=BookingStatus(status),
        amount=Money(amount),
        paid=Money(paid),
        refunded=Money(refunded),
        covered_by_plan=covered_by_plan,
        notes=notes,
        hold_expires_at=hold_expires_at,
        checked_in_at=checked_in_at,
        checked_out_at=checked_out_at,
        cancelled_at=cancelled_at,
        cancel_reason=cancel_reason,
        lapsed=lapsed,
        version=version,
        created_at=created_at,
        updated_at=updated_at,
    )


def booking_row(booking: Booking) -> dict[str, Any]:
    """The columns of `bookings`."""
    return {
        "id": booking.id,
        "space_id": booking.space_id,
        "user_id": booking.user_id,
        "desk": booking.desk,
        "start_time": booking.period.start,
        "end_time": booking.period.end,
        "status": booking.status,
        "amount_cents": booking.amount.cents,
        "paid_cents": booking.paid.cents,
        "refunded_cents": booking.refunded.cents,
        "covered_by_plan": booking.covered_by_plan,
        "notes": booking.notes,
        "hold_expires_at": booking.hold_expires_at,
        "checked_in_at": booking.checked_in_at,
        "checked_out_at": booking.checked_out_at,
        "cancelled_at": booking.cancelled_at,
        "cancel_reason": booking.cancel_reason,
        "lapsed": booking.lapsed,
        "version": booking.version,
        "created_at": booking.created_at,
        "updated_at": booking.updated_at,
    }


def occupations_from(arrays: Row) -> Iterator[Occupation]:
    """From five arrays of one length: ids, desks, starts, ends, ends of holds; or all None."""
    if arrays[0] is None:
        return
    yield from starmap(Occupation, zip(*arrays, strict=True))


_STATUS_CODES = {
    ProviderStatus.UNKNOWN: "unknown",
    ProviderStatus.INCOMPLETE: "incomplete",
    ProviderStatus.TRIALING: "trialing",
    ProviderStatus.ACTIVE: "active",
    ProviderStatus.PAST_DUE: "past_due",
    ProviderStatus.UNPAID: "unpaid",
    ProviderStatus.PAUSED: "paused",
    ProviderStatus.EXPIRED: "incomplete_expired",
    ProviderStatus.CANCELLED: "canceled",
}
"""The column `stripe_status` stores these codes, which are Stripe's."""
_STATUS_BY_CODE = {code: status for status, code in _STATUS_CODES.items()}


def _status_code(status: ProviderStatus | None) -> str | None:
    return None if status is None else _STATUS_CODES[status]


def _provider_status(code: str | None) -> ProviderStatus | None:
    return None if code is None else _STATUS_BY_CODE.get(code, ProviderStatus.UNKNOWN)


def subscription_from(row: Row) -> Subscription:
    """A row of `subscriptions`."""
    id_, member_id, plan_type, status, stripe_id, start, end, cancel_at_period_end, *rest = row
    version, created_at, updated_at, status_code, status_told_at, content_told_at = rest
    return Subscription(
        id=id_,
        member_id=member_id,
        plan_type=PlanType(plan_type),
        status=SubscriptionStatus(status),
        provider_subscription_id=stripe_id,
        current_period=Period(start, end),
        cancel_at_period_end=cancel_at_period_end,
        provider_status=_provider_status(status_code),
        status_reported_at=status_told_at,
        details_reported_at=content_told_at,
        version=version,
        created_at=created_at,
        updated_at=updated_at,
    )


def subscription_row(subscription: Subscription) -> dict[str, Any]:
    """The columns of `subscriptions`."""
    return {
        "id": subscription.id,
        "member_id": subscription.member_id,
        "plan_type": subscription.plan_type,
        "status": subscription.status,
        "stripe_subscription_id": subscription.provider_subscription_id,
        "current_period_start": subscription.current_period.start,
        "current_period_end": subscription.current_period.end,
        "cancel_at_period_end": subscription.cancel_at_period_end,
        "stripe_status": _status_code(subscription.provider_status),
        "status_told_at": subscription.status_reported_at,
        "content_told_at": subscription.details_reported_at,
        "version": subscription.version,
        "created_at": subscription.created_at,
        "updated_at": subscription.updated_at,
    }


def occupancy_log_from(row: Row) -> OccupancyLog:
    """A row of `occupancy_logs`."""
    id_, booking_id, space_id, occupied_at, vacated_at = row
    return OccupancyLog(
        id=id_,
        booking_id=booking_id,
        space_id=space_id,
        occupied_at=occupied_at,
        vacated_at=vacated_at,
    )


def occupancy_log_row(log: OccupancyLog) -> dict[str, Any]:
    """The columns of `occupancy_logs`."""
    return {
        "id": log.id,
        "booking_id": log.booking_id,
        "space_id": log.space_id,
        "occupied_at": log.occupied_at,
        "vacated_at": log.vacated_at,
    }


def invoice_from(row: Row) -> Invoice:
    """A row of `invoices`."""
    id_, user_id, booking_id, space_id, subscription_id, amount, refunded, *rest = row
    status, description, issued_at, paid_at, version, number = rest
    return Invoice(
        id=id_,
        user_id=user_id,
        booking_id=booking_id,
        space_id=space_id,
        subscription_id=subscription_id,
        amount=Money(amount),
        refunded=Money(refunded),
        status=InvoiceStatus(status),
        description=description,
        issued_at=issued_at,
        paid_at=paid_at,
        number=number,
        version=version,
    )


def invoice_row(invoice: Invoice) -> dict[str, Any]:
    """The columns of `invoices`."""
    return {
        "id": invoice.id,
        "user_id": invoice.user_id,
        "booking_id": invoice.booking_id,
        "space_id": invoice.space_id,
        "subscription_id": invoice.subscription_id,
        "amount_cents": invoice.amount.cents,
        "refunded_cents": invoice.refunded.cents,
        "status": invoice.status,
        "description": invoice.description,
        "issued_at": invoice.issued_at,
        "paid_at": invoice.paid_at,
        "number": invoice.number,
        "version": invoice.version,
    }


def refund_from(row: Row) -> Refund:
    """A row of `refunds`."""
    id_, booking_id, space_id, amount, decided_at, accepted_at, version, *rest = row
    payment_id, by_hand, attempts, next_attempt_at = rest
    return Refund(
        id=id_,
        booking_id=booking_id,
        space_id=space_id,
        amount=Money(amount),
        decided_at=decided_at,
        accepted_at=accepted_at,
        payment_id=payment_id,
        by_hand=by_hand,
        attempts=attempts,
        next_attempt_at=next_attempt_at,
        version=version,
    )


def refund_row(refund: Refund) -> dict[str, Any]:
    """The columns of `refunds`."""
    return {
        "id": refund.id,
        "booking_id": refund.booking_id,
        "space_id": refund.space_id,
        "amount_cents": refund.amount.cents,
        "decided_at": refund.decided_at,
        "accepted_at": refund.accepted_at,
        "payment_id": refund.payment_id,
        "by_hand": refund.by_hand,
        "attempts": refund.attempts,
        "next_attempt_at": refund.next_attempt_at,
        "version": refund.version,
    }


def answered_request_from(row: Row) -> AnsweredRequest:
    """A row of `idempotency_keys`."""
    user_id, key, fingerprint, status, headers, body, answered_at = row
    answer = KeptAnswer(status, json.loads(headers), body)
    return AnsweredRequest(user_id, key, fingerprint, answer, answered_at)


def answered_request_row(request: AnsweredRequest) -> dict[str, Any]:
    """The columns of `idempotency_keys`."""
    return {
        "user_id": request.user_id,
        "key": request.key,
        "fingerprint": request.fingerprint,
        "status": request.answer.status,
        "headers": json.dumps(dict(request.answer.headers)),
        "body": request.answer.body,
        "answered_at": request.answered_at,
    }


def _hours(text: str | None) -> OpeningHours | None:
    return None if text is None else _hours_of(text)


@lru_cache(maxsize=1024)
def _hours_of(text: str) -> OpeningHours:
    """Parsed once: a house has few kinds of hours, and they come with every space."""
    return OpeningHours.parse(json.loads(text))


def _money(cents: int | None) -> Money | None:
    return None if cents is None else Money(cents)


def _cents(money: Money | None) -> int | None:
    return None if money is None else money.cents
