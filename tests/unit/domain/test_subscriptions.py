"""Subscription: which spaces a plan covers, in which status, and for how long."""

from datetime import timedelta

import pytest

from domain.period import Period
from domain.spaces import SpaceType
from domain.subscriptions import PlanType, ProviderStatus, Subscription, SubscriptionStatus
from tests.entities import MONDAY, a_member, a_subscription, a_user, hours
from tests.unit.domain.time_strategies import DAY, HOUR

MEMBER = a_member(a_user())
MICROSECOND = timedelta(microseconds=1)
# PRIVATE_OFFICE > DEDICATED_DESK > HOT_DESK; meeting rooms never.
RANK = {SpaceType.HOT_DESK: 1, SpaceType.DEDICATED_DESK: 2, SpaceType.PRIVATE_OFFICE: 3}


@pytest.mark.parametrize("plan", PlanType)
@pytest.mark.parametrize("space_type", SpaceType)
def test_a_plan_covers_its_own_type_and_lower_ones(plan: PlanType, space_type: SpaceType) -> None:
    is_covered = space_type in RANK and RANK[space_type] <= RANK[SpaceType(plan)]
    subscription = a_subscription(MEMBER, plan_type=plan)
    assert subscription.covers(space_type, hours(9, 10)) is is_covered


@pytest.mark.parametrize("status", SubscriptionStatus)
def test_a_plan_covers_while_it_is_active_or_trialing(status: SubscriptionStatus) -> None:
    subscription = a_subscription(MEMBER, status=status)
    is_good = status.value in {"ACTIVE", "TRIALING"}
    assert subscription.covers(SpaceType.HOT_DESK, hours(9, 10)) is is_good


@pytest.mark.parametrize(
    "before, after, is_covered",
    [
        (timedelta(0), timedelta(0), True),
        (-HOUR, -HOUR, True),
        (MICROSECOND, timedelta(0), False),
        (timedelta(0), MICROSECOND, False),
        (DAY, DAY, False),
    ],
)
def test_a_plan_covers_while_its_period_lasts(
    before: timedelta, after: timedelta, *, is_covered: bool
) -> None:
    paid_for = Period(MONDAY, MONDAY + 30 * DAY)
    subscription = a_subscription(MEMBER, current_period=paid_for)
    booking = Period(paid_for.start - before, paid_for.end + after)
    assert subscription.covers(SpaceType.HOT_DESK, booking) is is_covered


@pytest.mark.parametrize("start", [-DAY, 30 * DAY, 90 * DAY])
def test_a_booking_outside_the_period_is_not_covered(start: timedelta) -> None:
    subscription = a_subscription(MEMBER, current_period=Period(MONDAY, MONDAY + 30 * DAY))
    booking = Period(MONDAY + start, MONDAY + start + HOUR)
    assert not subscription.covers(SpaceType.HOT_DESK, booking)


@pytest.mark.parametrize(
    "reported, status",
    [
        (ProviderStatus.UNKNOWN, SubscriptionStatus.PAST_DUE),
        (ProviderStatus.INCOMPLETE, SubscriptionStatus.PAST_DUE),
        (ProviderStatus.TRIALING, SubscriptionStatus.TRIALING),
        (ProviderStatus.ACTIVE, SubscriptionStatus.ACTIVE),
        (ProviderStatus.PAST_DUE, SubscriptionStatus.PAST_DUE),
        (ProviderStatus.UNPAID, SubscriptionStatus.PAST_DUE),
        (ProviderStatus.PAUSED, SubscriptionStatus.PAST_DUE),
        (ProviderStatus.EXPIRED, SubscriptionStatus.CANCELLED),
        (ProviderStatus.CANCELLED, SubscriptionStatus.CANCELLED),
    ],
)
def test_each_status_of_the_provider_has_an_equivalent(
    reported: ProviderStatus, status: SubscriptionStatus
) -> None:
    subscription = a_subscription(MEMBER).with_status(reported, reported_at=MONDAY, at=MONDAY)
    assert (subscription.status, subscription.provider_status) == (status, reported)


def reported(*statuses: tuple[ProviderStatus, int]) -> Subscription:
    """The subscription after reports of these statuses, each as of a second."""
    subscription = a_subscription(MEMBER)
    for status, second in statuses:
        at = MONDAY + timedelta(seconds=second)
        subscription = subscription.with_status(status, reported_at=at, at=at)
    return subscription


@pytest.mark.parametrize(
    "first, second, counts",
    [
        ((ProviderStatus.ACTIVE, 1), (ProviderStatus.PAST_DUE, 2), 2),
        ((ProviderStatus.PAST_DUE, 2), (ProviderStatus.ACTIVE, 1), 1),
        ((ProviderStatus.INCOMPLETE, 1), (ProviderStatus.ACTIVE, 1), 2),
        ((ProviderStatus.ACTIVE, 1), (ProviderStatus.INCOMPLETE, 1), 1),
        ((ProviderStatus.ACTIVE, 1), (ProviderStatus.ACTIVE, 1), 1),
        ((ProviderStatus.ACTIVE, 2), (ProviderStatus.CANCELLED, 1), 2),
        ((ProviderStatus.CANCELLED, 1), (ProviderStatus.ACTIVE, 2), 1),
        ((ProviderStatus.EXPIRED, 1), (ProviderStatus.ACTIVE, 2), 1),
    ],
)
def test_the_later_report_counts_and_an_end_is_final(
    first: tuple[ProviderStatus, int], second: tuple[ProviderStatus, int], counts: int
) -> None:
    subscription = reported(first, second)
    assert subscription.provider_status is (first, second)[counts - 1][0]
    assert subscription.version == 1 + counts


@pytest.mark.parametrize("status", [None, *ProviderStatus])
def test_a_plan_beside_another_one_is_suspended_until_it_ends(
    status: ProviderStatus | None,
) -> None:
    suspended = a_subscription(MEMBER, provider_status=status).suspended()
    has_ended = status in {ProviderStatus.EXPIRED, ProviderStatus.CANCELLED}
    assert not suspended.is_live
    assert suspended.is_suspended is (status is not None and not has_ended)


def test_each_use_increments_the_version_so_that_concurrent_uses_conflict() -> None:
    subscription = a_subscription(MEMBER)
    used = subscription.with_usage_recorded(at=MONDAY + HOUR)
    assert (used.version, used.updated_at) == (subscription.version + 1, MONDAY + HOUR)
    assert used.current_period == subscription.current_period
