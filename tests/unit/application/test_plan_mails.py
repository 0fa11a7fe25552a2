"""What members are told of their plans, in whatever order Stripe tells the house."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, permutations

import pytest

from application.mails.enqueue_plan_mail import plan_mail_type
from application.mails.mail import MailType
from domain.subscriptions import PlanType, ProviderStatus, Subscription, SubscriptionStatus
from tests.entities import MONDAY, a_member, a_subscription, a_user

INCOMPLETE, TRIALING, ACTIVE = (
    ProviderStatus.INCOMPLETE,
    ProviderStatus.TRIALING,
    ProviderStatus.ACTIVE,
)
PAST_DUE, UNPAID = ProviderStatus.PAST_DUE, ProviderStatus.UNPAID
EXPIRED, CANCELLED = ProviderStatus.EXPIRED, ProviderStatus.CANCELLED
STARTED, CHANGED, ENDED = MailType.PLAN_STARTED, MailType.PLAN_CHANGED, MailType.PLAN_ENDED
FAILED = MailType.PAYMENT_FAILED


def unknown() -> Subscription:
    """A plan of which nothing is known yet but that it is there."""
    return a_subscription(
        a_member(a_user()), status=SubscriptionStatus.PAST_DUE, provider_status=None, version=0
    )


def told(*states: ProviderStatus) -> list[MailType]:
    """What a member is told while their plan goes through these states."""
    steps = [unknown()]
    for second, state in enumerate(states):
        at = MONDAY + timedelta(seconds=second)
        steps.append(steps[-1].with_status(state, reported_at=at, at=at))
    occasions = (plan_mail_type(before, after) for before, after in pairwise(steps))
    return [mail_type for mail_type in occasions if mail_type is not None]


@pytest.mark.parametrize(
    "states, mails",
    [
        ([ACTIVE], [STARTED]),
        ([INCOMPLETE, ACTIVE, ACTIVE], [STARTED]),
        ([TRIALING, ACTIVE], [STARTED]),
        ([INCOMPLETE, EXPIRED], []),
        ([ACTIVE, CANCELLED], [STARTED, ENDED]),
        ([CANCELLED], []),
        ([ACTIVE, PAST_DUE, UNPAID], [STARTED, FAILED]),
        ([ACTIVE, PAST_DUE, ACTIVE, PAST_DUE], [STARTED, FAILED, FAILED]),
        ([ACTIVE, PAST_DUE, CANCELLED], [STARTED, FAILED, ENDED]),
    ],
)
def test_each_state_that_matters_is_told_once(
    states: list[ProviderStatus], mails: list[MailType]
) -> None:
    assert told(*states) == mails


def test_a_renewal_is_no_news_and_another_plan_or_end_is() -> None:
    plan = unknown().with_status(ACTIVE, reported_at=MONDAY, at=MONDAY)
    later = MONDAY + timedelta(days=30)
    renewed = replace(plan, current_period=plan.current_period, updated_at=later, version=3)
    assert plan_mail_type(plan, renewed) is None
    assert plan_mail_type(plan, plan.with_usage_recorded(at=later)) is None
    assert plan_mail_type(plan, replace(plan, plan_type=PlanType.PRIVATE_OFFICE)) is CHANGED
    assert plan_mail_type(plan, replace(plan, cancel_at_period_end=True)) is CHANGED


def test_a_second_plan_that_covers_nothing_is_told_of_when_it_does() -> None:
    plan = unknown().with_status(ACTIVE, reported_at=MONDAY, at=MONDAY)
    assert plan_mail_type(unknown(), plan.suspended()) is None
    assert plan_mail_type(plan.suspended(), plan.suspended().reactivated()) is STARTED


def test_start_and_end_are_told_once_in_whatever_order_stripe_tells() -> None:
    news = [(1, INCOMPLETE), (2, ACTIVE), (3, PAST_DUE), (4, ACTIVE)]
    for order in permutations(news):
        plan, occasions = unknown(), []
        for second, state in order:
            at = MONDAY + timedelta(seconds=second)
            after = plan.with_status(state, reported_at=at, at=at)
            occasions.append(plan_mail_type(plan, after))
            plan = after
        assert occasions.count(STARTED) + occasions.count(FAILED) >= 1
        assert occasions.count(STARTED) <= 1
        assert occasions.count(FAILED) <= 1
        assert plan.status is SubscriptionStatus.ACTIVE
