"""Subscription: which spaces a plan covers, in which status, and for how long."""

from datetime import timedelta

import pytest

from domain.period import Period
from domain.spaces import SpaceType
from domain.subscriptions import PlanType, SubscriptionStatus
from tests.entities import MONDAY, a_member, a_subscription, a_user, hours
from tests.unit.domain.worlds import DAY, HOUR

MEMBER = a_member(a_user())
MICROSECOND = timedelta(microseconds=1)
# PRIVATE_OFFICE > DEDICATED_DESK > HOT_DESK; meeting rooms never.
RANK = {SpaceType.HOT_DESK: 1, SpaceType.DEDICATED_DESK: 2, SpaceType.PRIVATE_OFFICE: 3}


@pytest.mark.parametrize("plan", PlanType)
@pytest.mark.parametrize("space_type", SpaceType)
def test_a_plan_covers_its_own_type_and_lesser_ones(plan: PlanType, space_type: SpaceType) -> None:
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


def test_each_use_increments_the_version_so_that_concurrent_uses_conflict() -> None:
    subscription = a_subscription(MEMBER)
    used = subscription.used(at=MONDAY + HOUR)
    assert (used.version, used.updated_at) == (subscription.version + 1, MONDAY + HOUR)
    assert used.current_period == subscription.current_period
