"""Subscription: a member's plan, and which bookings it covers."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from domain.ids import MemberId, SubscriptionId
from domain.period import Period
from domain.spaces import SpaceType


class PlanType(StrEnum):
    """The plans that can be subscribed to, named after the space type that each is for."""

    HOT_DESK = "HOT_DESK"
    DEDICATED_DESK = "DEDICATED_DESK"
    PRIVATE_OFFICE = "PRIVATE_OFFICE"

    @property
    def covered_types(self) -> frozenset[SpaceType]:
        """Its own space type and the lesser ones; meeting rooms never (the contract)."""
        return _COVERED_TYPES[self]


_COVERED_TYPES = {
    PlanType.HOT_DESK: frozenset({SpaceType.HOT_DESK}),
    PlanType.DEDICATED_DESK: frozenset({SpaceType.HOT_DESK, SpaceType.DEDICATED_DESK}),
    PlanType.PRIVATE_OFFICE: frozenset(
        {SpaceType.HOT_DESK, SpaceType.DEDICATED_DESK, SpaceType.PRIVATE_OFFICE}
    ),
}


class SubscriptionStatus(StrEnum):
    """Where a subscription stands; Stripe's other states are mapped onto these."""

    TRIALING = "TRIALING"
    ACTIVE = "ACTIVE"
    PAST_DUE = "PAST_DUE"
    CANCELLED = "CANCELLED"


COVERING_STATUSES = frozenset({SubscriptionStatus.TRIALING, SubscriptionStatus.ACTIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A plan, paid for period by period. `version` counts changes and covered bookings."""

    id: SubscriptionId
    member_id: MemberId
    plan_type: PlanType
    status: SubscriptionStatus
    stripe_subscription_id: str | None
    current_period: Period
    cancel_at_period_end: bool
    version: int
    created_at: datetime
    updated_at: datetime

    def covers(self, space_type: SpaceType, period: Period) -> bool:
        """Whether the plan pays for such a booking, if no other one uses it at that time.

        A plan covers while its period lasts, so the booking has to lie within the current one.
        """
        return (
            self.status in COVERING_STATUSES
            and space_type in self.plan_type.covered_types
            and self.current_period.contains(period)
        )

    def used(self, *, at: datetime) -> Self:
        """The subscription after it covered one more booking.

        Counting each use up makes two bookings at once, which could both take the same coverage,
        collide.
        """
        return replace(self, version=self.version + 1, updated_at=at)
