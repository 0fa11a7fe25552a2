"""checkout_row: the columns of `checkouts`."""

from typing import Any

from adapters.postgres.mappers.values import Row
from domain.checkouts import Checkout, CheckoutStatus
from domain.money import Money
from domain.subscriptions import PlanType


def checkout_from(row: Row) -> Checkout:
    """A row of `checkouts`."""
    id_, user_id, booking_id, plan_type, amount, status, session_id, url, *rest = row
    expires_at, provider_subscription_id, version, created_at = rest
    return Checkout(
        id=id_,
        user_id=user_id,
        booking_id=booking_id,
        plan_type=None if plan_type is None else PlanType(plan_type),
        amount=None if amount is None else Money(amount),
        status=CheckoutStatus(status),
        session_id=session_id,
        url=url,
        expires_at=expires_at,
        provider_subscription_id=provider_subscription_id,
        version=version,
        created_at=created_at,
    )


def checkout_row(checkout: Checkout) -> dict[str, Any]:
    """The columns of `checkouts`."""
    return {
        "id": checkout.id,
        "user_id": checkout.user_id,
        "booking_id": checkout.booking_id,
        "plan_type": checkout.plan_type,
        "amount_cents": None if checkout.amount is None else checkout.amount.cents,
        "status": checkout.status,
        "session_id": checkout.session_id,
        "url": checkout.url,
        "expires_at": checkout.expires_at,
        "stripe_subscription_id": checkout.provider_subscription_id,
        "version": checkout.version,
        "created_at": checkout.created_at,
    }
