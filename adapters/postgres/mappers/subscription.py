"""Subscriptions from and to rows of `subscriptions`."""

from typing import Any

from adapters.postgres.mappers.values import Row
from domain.period import Period
from domain.subscriptions import PlanType, ProviderStatus, Subscription, SubscriptionStatus

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
    """Return the subscription of a row of `subscriptions`."""
    return Subscription(
        id=row["id"],
        member_id=row["member_id"],
        plan_type=PlanType(row["plan_type"]),
        status=SubscriptionStatus(row["status"]),
        provider_subscription_id=row["stripe_subscription_id"],
        current_period=Period(row["current_period_start"], row["current_period_end"]),
        cancel_at_period_end=row["cancel_at_period_end"],
        provider_status=_provider_status(row["stripe_status"]),
        status_reported_at=row["status_told_at"],
        details_reported_at=row["content_told_at"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def subscription_row(subscription: Subscription) -> dict[str, Any]:
    """Return the columns of `subscriptions`."""
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
