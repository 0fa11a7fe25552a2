"""Map Stripe's objects, in the current and the older API shape, to the snapshots of the port.

A missing or malformed field raises one of MALFORMED_ERRORS.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from application.ports.payment_gateway import (
    BillSnapshot,
    ChargeSnapshot,
    CheckoutSnapshot,
    PaymentStatus,
    SubscriptionSnapshot,
)
from domain.errors import DomainError
from domain.ids import UserId
from domain.period import Period
from domain.subscriptions import PlanType, ProviderStatus

Object = Mapping[str, Any]
Plans = Mapping[str, PlanType]
"""The plans by price id."""
_PROVIDER_STATUS = {
    "incomplete": ProviderStatus.INCOMPLETE,
    "trialing": ProviderStatus.TRIALING,
    "active": ProviderStatus.ACTIVE,
    "past_due": ProviderStatus.PAST_DUE,
    "unpaid": ProviderStatus.UNPAID,
    "paused": ProviderStatus.PAUSED,
    "incomplete_expired": ProviderStatus.EXPIRED,
    "canceled": ProviderStatus.CANCELLED,
}
MALFORMED_ERRORS = (
    KeyError,
    TypeError,
    ValueError,
    IndexError,
    AttributeError,
    OverflowError,
    DomainError,
)


def checkout_snapshot(session: Object) -> CheckoutSnapshot:
    """Map a `checkout.session`."""
    metadata = session.get("metadata") or {}
    checkout_id = metadata.get("checkout_id") or session.get("client_reference_id")
    return CheckoutSnapshot(
        session_id=str(session["id"]),
        checkout_id=_uuid(checkout_id),
        status=_payment_status(session["status"], session["payment_status"]),
        amount=session.get("amount_total"),
        currency=session.get("currency"),
        payment_id=_id(session.get("payment_intent")),
        subscription_id=_id(session.get("subscription")),
        url=session.get("url"),
        expires_at=_time(session["expires_at"]),
    )


def subscription_snapshot(subscription: Object, plans: Plans) -> SubscriptionSnapshot:
    """Map a `subscription`. The period is on it (older shape) or on its item."""
    item = subscription["items"]["data"][0]
    metadata = subscription.get("metadata") or {}
    dated = subscription if subscription.get("current_period_start") else item
    return SubscriptionSnapshot(
        id=str(subscription["id"]),
        customer_id=required_id(subscription["customer"]),
        user_id=_user(metadata),
        status=_PROVIDER_STATUS.get(str(subscription["status"]), ProviderStatus.UNKNOWN),
        plan_type=plans.get(required_id(item["price"])) or _plan(metadata),
        period=_period(dated["current_period_start"], dated["current_period_end"]),
        cancel_at_period_end=bool(
            subscription.get("cancel_at_period_end") or subscription.get("cancel_at")
        ),
    )


def bill_snapshot(invoice: Object, plans: Plans, status: PaymentStatus) -> BillSnapshot:
    """Map an `invoice`. Its subscription is on it (older shape) or on its parent."""
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    details = details or invoice.get("subscription_details") or {}
    metadata = details.get("metadata") or invoice.get("metadata") or {}
    lines = (invoice.get("lines") or {}).get("data") or []
    # Prorated lines have earlier periods than the one that is billed.
    line = max(lines, key=lambda line: line["period"]["end"], default=None)
    paid_at = (invoice.get("status_transitions") or {}).get("paid_at") or invoice["created"]
    return BillSnapshot(
        id=str(invoice["id"]),
        status=status,
        subscription_id=_id(invoice.get("subscription") or details.get("subscription")),
        customer_id=required_id(invoice["customer"]),
        user_id=_user(metadata),
        plan_type=(plans.get(_price(line)) if line else None) or _plan(metadata),
        amount_paid=int(invoice["amount_paid"]),
        currency=str(invoice["currency"]),
        period=_period(line["period"]["start"], line["period"]["end"]) if line else None,
        paid_at=_time(paid_at),
    )


def charge_snapshot(charge: Object) -> ChargeSnapshot:
    """Map a `charge`. Its payment is its invoice (older shape), else its intent, else itself."""
    payment_id = _id(charge.get("invoice")) or _id(charge.get("payment_intent"))
    return ChargeSnapshot(
        payment_id=payment_id or str(charge["id"]),
        amount=int(charge["amount"]),
        refunded=int(charge["amount_refunded"]),
    )


def _payment_status(status: Any, payment_status: Any) -> PaymentStatus:
    """Combine the two statuses of a session. Only an event reports a failed delayed payment."""
    is_paid = payment_status in {"paid", "no_payment_required"}
    match status:
        case "complete":
            return PaymentStatus.PAID if is_paid else PaymentStatus.PROCESSING
        case "expired":
            return PaymentStatus.EXPIRED
        case _:
            return PaymentStatus.OPEN


def _price(line: Object) -> str:
    pricing = (line.get("pricing") or {}).get("price_details") or {}
    return _id(line.get("price") or pricing.get("price")) or ""


def _id(value: Any) -> str | None:
    """Return the id from a plain or an expanded reference."""
    if isinstance(value, Mapping):
        value = value["id"]
    return str(value) if value else None


def required_id(value: Any) -> str:
    """Return the id from a plain or an expanded reference. Raises ValueError without one."""
    id_ = _id(value)
    if id_ is None:
        raise ValueError("An id is missing.")
    return id_


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _user(metadata: Object) -> UserId | None:
    user_id = _uuid(metadata.get("user_id"))
    return UserId(user_id) if user_id else None


def _plan(metadata: Object) -> PlanType | None:
    plan_type = metadata.get("plan_type")
    return PlanType(plan_type) if plan_type in set(PlanType) else None


def _time(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _period(start: Any, end: Any) -> Period:
    return Period(_time(start), _time(end))
