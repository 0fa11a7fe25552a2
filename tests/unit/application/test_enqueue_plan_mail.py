"""Mails about plans: one for each change that matters, in any order of the provider's reports."""

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


def a_new_plan() -> Subscription:
    """A new plan, before any report on it."""
    return a_subscription(
        a_member(a_user()), status=SubscriptionStatus.PAST_DUE, provider_status=None, version=0
    )


def mails_for(*states: ProviderStatus) -> list[MailType]:
    """Return the mails that a member gets while their plan goes through these states."""
    steps = [a_new_plan()]
    for second, state in enumerate(states):
        at = MONDAY + timedelta(seconds=second)
        steps.append(steps[-1].with_status(state, reported_at=at, at=at))
    mail_types = (plan_mail_type(before, after) for before, after in pairwise(steps))
    return [mail_type for mail_type in mail_types if mail_type is not None]


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
def test_each_state_that_matters_is_mailed_once(
    states: list[ProviderStatus], mails: list[MailType]
) -> None:
    assert mails_for(*states) == mails


def test_a_renewal_sends_no_mail_and_another_plan_or_end_does() -> None:
    plan = a_new_plan().with_status(ACTIVE, reported_at=MONDAY, at=MONDAY)
    later = MONDAY + timedelta(days=30)
    renewed = replace(plan, current_period=plan.current_period, updated_at=later, version=3)
    assert plan_mail_type(plan, renewed) is None
    assert plan_mail_type(plan, plan.with_usage_recorded(at=later)) is None
    assert plan_mail_type(plan, replace(plan, plan_type=PlanType.PRIVATE_OFFICE)) is CHANGED
    assert plan_mail_type(plan, replace(plan, cancel_at_period_end=True)) is CHANGED


def test_a_suspended_plan_is_mailed_about_when_it_is_reactivated() -> None:
    plan = a_new_plan().with_status(ACTIVE, reported_at=MONDAY, at=MONDAY)
    assert plan_mail_type(a_new_plan(), plan.suspended()) is None
    assert plan_mail_type(plan.suspended(), plan.suspended().reactivated()) is STARTED


def test_start_and_failure_are_mailed_once_in_any_order_of_reports() -> None:
    reports = [(1, INCOMPLETE), (2, ACTIVE), (3, PAST_DUE), (4, ACTIVE)]
    for order in permutations(reports):
        plan, mail_types = a_new_plan(), []
        for second, state in order:
            at = MONDAY + timedelta(seconds=second)
            after = plan.with_status(state, reported_at=at, at=at)
            mail_types.append(plan_mail_type(plan, after))
            plan = after
        assert mail_types.count(STARTED) + mail_types.count(FAILED) >= 1
        assert mail_types.count(STARTED) <= 1
        assert mail_types.count(FAILED) <= 1
        assert plan.status is SubscriptionStatus.ACTIVE
