"""Subscription: a member's plan, and which bookings it covers."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

from domain.ids import MemberId, SubscriptionId
from domain.period import Period
from domain.spaces import SpaceType


class PlanType(StrEnum):
    """A plan to subscribe to, named after the type of space that it is for."""

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
    """Status of a subscription. Stripe's other statuses are mapped to these."""

    TRIALING = "TRIALING"
    ACTIVE = "ACTIVE"
    PAST_DUE = "PAST_DUE"
    CANCELLED = "CANCELLED"


INCOMPLETE = "incomplete"
UNPAID_STATES = frozenset({"past_due", "unpaid"})
"""Of Stripe's: a payment was due, and could not be collected."""
ENDED_AT_STRIPE = frozenset({"incomplete_expired", "canceled"})
_STATUS_OF = {
    INCOMPLETE: SubscriptionStatus.PAST_DUE,
    "trialing": SubscriptionStatus.TRIALING,
    "active": SubscriptionStatus.ACTIVE,
    "past_due": SubscriptionStatus.PAST_DUE,
    "unpaid": SubscriptionStatus.PAST_DUE,
    "paused": SubscriptionStatus.PAST_DUE,
    "incomplete_expired": SubscriptionStatus.CANCELLED,
    "canceled": SubscriptionStatus.CANCELLED,
}
_RANKS = {status: rank for rank, status in enumerate(_STATUS_OF, start=1)}
_NEVER = datetime.min.replace(tzinfo=UTC)


def status_of(stripe_status: str) -> SubscriptionStatus:
    """What Stripe's state of a subscription is to the house (the contract)."""
    return _STATUS_OF.get(stripe_status, SubscriptionStatus.PAST_DUE)


def _rank(stripe_status: str | None) -> int:
    """Which of two states within one second is the later one, as subscriptions usually go."""
    return _RANKS.get(stripe_status or "", 0)


COVERING_STATUSES = frozenset({SubscriptionStatus.TRIALING, SubscriptionStatus.ACTIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A plan, paid for period by period. `version` counts changes and covered bookings.

    What Stripe tells of it can arrive in any order. `status_told_at` and `content_told_at` say as
    of when status and all the rest are known, so that nothing older takes their place.
    """

    id: SubscriptionId
    member_id: MemberId
    plan_type: PlanType
    status: SubscriptionStatus
    stripe_subscription_id: str | None
    current_period: Period
    cancel_at_period_end: bool
    stripe_status: str | None = None
    status_told_at: datetime | None = None
    content_told_at: datetime | None = None
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

    @property
    def is_live(self) -> bool:
        """Whether it is the member's plan, paid for or not."""
        return self.status is not SubscriptionStatus.CANCELLED

    def with_status(self, stripe_status: str, *, told_at: datetime, at: datetime) -> Self:
        """What it is when Stripe says that it was in that state at that time."""
        known = (self.status_told_at or _NEVER, _rank(self.stripe_status))
        if self.stripe_status in ENDED_AT_STRIPE or (
            stripe_status not in ENDED_AT_STRIPE and (told_at, _rank(stripe_status)) <= known
        ):
            return self
        return replace(
            self,
            status=status_of(stripe_status),
            stripe_status=stripe_status,
            status_told_at=told_at,
            version=self.version + 1,
            updated_at=at,
        )

    def with_content(
        self,
        *,
        plan_type: PlanType,
        current_period: Period,
        cancel_at_period_end: bool,
        told_at: datetime,
        at: datetime,
    ) -> Self:
        """What it is when Stripe says that it was about this at that time."""
        # Within the second that Stripe counts in, the later period is the later news.
        known = (
            self.content_told_at or _NEVER,
            self.current_period.start,
            self.current_period.end,
            self.cancel_at_period_end,
            self.plan_type,
        )
        told = (
            told_at,
            current_period.start,
            current_period.end,
            cancel_at_period_end,
            plan_type,
        )
        if told <= known:
            return self
        return replace(
            self,
            plan_type=plan_type,
            current_period=current_period,
            cancel_at_period_end=cancel_at_period_end,
            content_told_at=told_at,
            version=self.version + 1,
            updated_at=at,
        )

    def beside_another(self) -> Self:
        """The plan of somebody who has another one that counts: it covers nothing."""
        if not self.is_live:
            return self
        return replace(self, status=SubscriptionStatus.CANCELLED)

    def alone(self) -> Self:
        """The plan after no other one counts any more."""
        return replace(self, status=status_of(self.stripe_status or INCOMPLETE))

    def used(self, *, at: datetime) -> Self:
        """The subscription after it covered one more booking.

        Counting each use up makes two bookings at once, which could both take the same coverage,
        collide.
        """
        return replace(self, version=self.version + 1, updated_at=at)
