"""Subscription: a member's plan, and which bookings it covers."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

from domain.ids import MemberId, SubscriptionId
from domain.period import Period
from domain.spaces import SpaceType


class PlanType(StrEnum):
    """A plan that members subscribe to, named after the type of space that it covers."""

    HOT_DESK = "HOT_DESK"
    DEDICATED_DESK = "DEDICATED_DESK"
    PRIVATE_OFFICE = "PRIVATE_OFFICE"

    @property
    def covered_types(self) -> frozenset[SpaceType]:
        """Its own space type and the lower ones; never meeting rooms (the contract)."""
        return _COVERED_TYPES[self]


_COVERED_TYPES = {
    PlanType.HOT_DESK: frozenset({SpaceType.HOT_DESK}),
    PlanType.DEDICATED_DESK: frozenset({SpaceType.HOT_DESK, SpaceType.DEDICATED_DESK}),
    PlanType.PRIVATE_OFFICE: frozenset(
        {SpaceType.HOT_DESK, SpaceType.DEDICATED_DESK, SpaceType.PRIVATE_OFFICE}
    ),
}


class SubscriptionStatus(StrEnum):
    """Status of a subscription. Other statuses of the payment provider are mapped to these."""

    TRIALING = "TRIALING"
    ACTIVE = "ACTIVE"
    PAST_DUE = "PAST_DUE"
    CANCELLED = "CANCELLED"


class ProviderStatus(StrEnum):
    """Status of a subscription at the payment provider, in the usual order of its life.

    UNKNOWN stands for any status that is not listed here.
    """

    UNKNOWN = "UNKNOWN"
    INCOMPLETE = "INCOMPLETE"
    """The first payment has not succeeded yet."""
    TRIALING = "TRIALING"
    ACTIVE = "ACTIVE"
    PAST_DUE = "PAST_DUE"
    UNPAID = "UNPAID"
    """A payment failed, and the provider no longer retries it."""
    PAUSED = "PAUSED"
    EXPIRED = "EXPIRED"
    """The first payment never succeeded."""
    CANCELLED = "CANCELLED"

    @property
    def has_ended(self) -> bool:
        """Whether the subscription can never become active again."""
        return self in _ENDED

    @property
    def is_payment_overdue(self) -> bool:
        """Whether a payment was due and could not be collected."""
        return self in _OVERDUE

    @property
    def house_status(self) -> SubscriptionStatus:
        """The status for the house (the contract); PAST_DUE where it has no equivalent."""
        return _HOUSE_STATUS.get(self, SubscriptionStatus.PAST_DUE)


_ENDED = frozenset({ProviderStatus.EXPIRED, ProviderStatus.CANCELLED})
_OVERDUE = frozenset({ProviderStatus.PAST_DUE, ProviderStatus.UNPAID})
_HOUSE_STATUS = {
    ProviderStatus.TRIALING: SubscriptionStatus.TRIALING,
    ProviderStatus.ACTIVE: SubscriptionStatus.ACTIVE,
    ProviderStatus.EXPIRED: SubscriptionStatus.CANCELLED,
    ProviderStatus.CANCELLED: SubscriptionStatus.CANCELLED,
}
_RANKS = {status: rank for rank, status in enumerate(ProviderStatus)}
_NEVER = datetime.min.replace(tzinfo=UTC)
COVERING_STATUSES = frozenset({SubscriptionStatus.TRIALING, SubscriptionStatus.ACTIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A member's plan, billed by period. `version` counts changes and covered bookings.

    The provider's reports arrive in any order. `status_reported_at` and `details_reported_at` are
    the times of the latest reports on the status and on the other fields. An older report changes
    nothing.
    """

    id: SubscriptionId
    member_id: MemberId
    plan_type: PlanType
    status: SubscriptionStatus
    provider_subscription_id: str | None
    current_period: Period
    cancel_at_period_end: bool
    provider_status: ProviderStatus | None = None
    status_reported_at: datetime | None = None
    details_reported_at: datetime | None = None
    version: int
    created_at: datetime
    updated_at: datetime

    def covers(self, space_type: SpaceType, period: Period) -> bool:
        """Whether the plan covers such a booking, unless another booking uses it at that time.

        A plan covers while its period lasts, so the booking has to lie within the current one.
        """
        return (
            self.status in COVERING_STATUSES
            and space_type in self.plan_type.covered_types
            and self.current_period.contains(period)
        )

    @property
    def is_live(self) -> bool:
        """Whether it is the member's current plan, paid or not."""
        return self.status is not SubscriptionStatus.CANCELLED

    @property
    def has_started(self) -> bool:
        """Whether it is live, and its first payment or trial has begun."""
        return self.is_live and self.provider_status not in {None, ProviderStatus.INCOMPLETE}

    @property
    def is_suspended(self) -> bool:
        """Whether it lasts at the provider but is not live, because the member has another plan."""
        return (
            not self.is_live
            and self.provider_status is not None
            and not self.provider_status.has_ended
        )

    def with_status(self, status: ProviderStatus, *, reported_at: datetime, at: datetime) -> Self:
        """The subscription after the provider reported that status.

        A report older than the known one changes nothing. Of two reports of the same second, the
        later status in the order of `ProviderStatus` counts. An ended subscription stays ended.
        """
        known_status = self.provider_status or ProviderStatus.UNKNOWN
        known = (self.status_reported_at or _NEVER, _RANKS[known_status])
        if known_status.has_ended or (
            not status.has_ended and (reported_at, _RANKS[status]) <= known
        ):
            return self
        return replace(
            self,
            status=status.house_status,
            provider_status=status,
            status_reported_at=reported_at,
            version=self.version + 1,
            updated_at=at,
        )

    def with_details(
        self,
        *,
        plan_type: PlanType,
        current_period: Period,
        cancel_at_period_end: bool,
        reported_at: datetime,
        at: datetime,
    ) -> Self:
        """The subscription after the provider reported its plan and period at that time."""
        # The provider's clock counts seconds; within one, the report of the later period counts.
        known = (
            self.details_reported_at or _NEVER,
            self.current_period.start,
            self.current_period.end,
            self.cancel_at_period_end,
            self.plan_type,
        )
        reported = (
            reported_at,
            current_period.start,
            current_period.end,
            cancel_at_period_end,
            plan_type,
        )
        if reported <= known:
            return self
        return replace(
            self,
            plan_type=plan_type,
            current_period=current_period,
            cancel_at_period_end=cancel_at_period_end,
            details_reported_at=reported_at,
            version=self.version + 1,
            updated_at=at,
        )

    def suspended(self) -> Self:
        """The subscription while the member has another live plan: it covers nothing."""
        if not self.is_live:
            return self
        return replace(self, status=SubscriptionStatus.CANCELLED)

    def reactivated(self) -> Self:
        """The subscription once the member has no other live plan."""
        status = self.provider_status or ProviderStatus.INCOMPLETE
        return replace(self, status=status.house_status)

    def with_usage_recorded(self, *, at: datetime) -> Self:
        """The subscription after it covered one more booking.

        The new version makes two concurrent bookings collide that would use the same coverage.
        """
        return replace(self, version=self.version + 1, updated_at=at)
