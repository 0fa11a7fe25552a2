"""Checkouts from and to rows of `checkouts`."""

from typing import Any

from adapters.postgres.mappers.values import Row, cents_value, money_from
from domain.checkouts import Checkout, CheckoutStatus
from domain.subscriptions import PlanType


def checkout_from(row: Row) -> Checkout:
    """Return the checkout of a row of `checkouts`."""
    plan_type = row["plan_type"]
    return Checkout(
        id=row["id"],
        user_id=row["user_id"],
        booking_id=row["booking_id"],
        plan_type=None if plan_type is None else PlanType(plan_type),
        amount=money_from(row["amount_cents"]),
        status=CheckoutStatus(row["status"]),
        session_id=row["session_id"],
        url=row["url"],
        expires_at=row["expires_at"],
        provider_subscription_id=row["stripe_subscription_id"],
        version=row["version"],
        created_at=row["created_at"],
    )


def checkout_row(checkout: Checkout) -> dict[str, Any]:
    """Return the columns of `checkouts`."""
    return {
        "id": checkout.id,
        "user_id": checkout.user_id,
        "booking_id": checkout.booking_id,
        "plan_type": checkout.plan_type,
        "amount_cents": cents_value(checkout.amount),
        "status": checkout.status,
        "session_id": checkout.session_id,
        "url": checkout.url,
        "expires_at": checkout.expires_at,
        "stripe_subscription_id": checkout.provider_subscription_id,
        "version": checkout.version,
        "created_at": checkout.created_at,
    }
