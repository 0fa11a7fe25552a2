"""Monthly recurring revenue: which subscriptions count, and at which price."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.analytics.recurring_revenue import (
    counts_for_mrr,
    ended_at,
    is_live_at,
    monthly_price,
    monthly_recurring_revenue,
)
from domain.invoices import Invoice, InvoiceStatus
from domain.money import ZERO, Money
from domain.period import Period
from domain.subscriptions import Subscription, SubscriptionStatus
from tests.entities import (
    MONDAY,
    a_booking,
    a_member,
    a_space,
    a_subscription,
    a_user,
    an_invoice,
    hours,
)

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
PERIOD_END = MONDAY + 30 * DAY
MEMBER = a_member(a_user())
BOOKING = a_booking(a_user(), a_space(), hours(9, 10))
CANCELLED = SubscriptionStatus.CANCELLED


def a_plan(**fields: Any) -> Subscription:
    return a_subscription(MEMBER, current_period=Period(MONDAY, PERIOD_END), **fields)


def billed(plan: Subscription, dollars: int, issued_at: datetime, **fields: Any) -> Invoice:
    for_plan = {"booking_id": None, "space_id": None, "subscription_id": plan.id}
    return an_invoice(
        BOOKING, amount=Money(dollars * 100), issued_at=issued_at, **for_plan | fields
    )


@pytest.mark.parametrize(
    "fields, ended",
    [
        ({}, None),
        ({"status": SubscriptionStatus.PAST_DUE}, None),
        ({"status": CANCELLED, "updated_at": MONDAY + DAY}, MONDAY + DAY),
        ({"status": CANCELLED, "updated_at": PERIOD_END + DAY}, PERIOD_END),
    ],
)
def test_a_subscription_ends_when_it_is_cancelled_or_with_its_period(
    fields: dict[str, Any], ended: datetime | None
) -> None:
    assert ended_at(a_plan(**fields)) == ended


@pytest.mark.parametrize(
    "fields, instant, is_live",
    [
        ({}, MONDAY, False),
        ({}, MONDAY + MICROSECOND, True),
        ({"status": CANCELLED, "updated_at": MONDAY + DAY}, MONDAY + DAY, True),
        ({"status": CANCELLED, "updated_at": MONDAY + DAY}, MONDAY + DAY + MICROSECOND, False),
    ],
)
def test_a_subscription_is_live_from_its_creation_to_its_end(
    fields: dict[str, Any], instant: datetime, *, is_live: bool
) -> None:
    assert is_live_at(a_plan(**fields), instant) is is_live


@pytest.mark.parametrize("status", SubscriptionStatus)
def test_a_live_subscription_counts_unless_it_is_on_trial(status: SubscriptionStatus) -> None:
    plan = a_plan(status=status, updated_at=MONDAY + 2 * DAY)
    assert counts_for_mrr(plan, MONDAY + DAY) is (status is not SubscriptionStatus.TRIALING)
    assert not counts_for_mrr(plan, MONDAY)


PLAN = a_plan()
VOID: dict[str, Any] = {"status": InvoiceStatus.VOID}


@pytest.mark.parametrize(
    "invoices, price",
    [
        ([], ZERO),
        ([billed(PLAN, 1, MONDAY)], Money(1_00)),
        ([billed(PLAN, 1, MONDAY), billed(PLAN, 2, MONDAY + DAY)], Money(2_00)),
        ([billed(PLAN, 2, MONDAY + DAY), billed(PLAN, 1, MONDAY)], Money(2_00)),
        ([billed(PLAN, 1, MONDAY), billed(PLAN, 2, MONDAY + 9 * DAY)], Money(1_00)),
        ([billed(PLAN, 1, MONDAY + 9 * DAY), billed(PLAN, 2, MONDAY + 8 * DAY)], Money(2_00)),
        ([billed(PLAN, 1, MONDAY), billed(PLAN, 2, MONDAY)], Money(1_00)),
        ([billed(PLAN, 1, MONDAY + 9 * DAY), billed(PLAN, 2, MONDAY + 9 * DAY)], Money(1_00)),
        ([billed(PLAN, 1, MONDAY), billed(PLAN, 2, MONDAY + DAY, **VOID)], Money(1_00)),
        ([billed(PLAN, 1, MONDAY, **VOID)], ZERO),
    ],
)
def test_the_price_is_that_of_the_last_invoice_before_or_the_first_one_after(
    invoices: Sequence[Invoice], price: Money
) -> None:
    assert monthly_price(invoices, MONDAY + 5 * DAY) == price


def test_the_monthly_recurring_revenue_is_the_sum_of_what_counts() -> None:
    plans = [
        PLAN,
        a_plan(status=SubscriptionStatus.PAST_DUE),
        a_plan(status=SubscriptionStatus.TRIALING),
        a_plan(status=CANCELLED),
        a_plan(),
    ]
    invoices = [billed(plan, 10 + n, MONDAY) for n, plan in enumerate(plans[:-1])]
    invoices.append(an_invoice(BOOKING))
    assert monthly_recurring_revenue(plans, invoices, MONDAY + DAY) == Money(21_00)
