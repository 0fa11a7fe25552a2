"""Stripe's statuses and event types are translated to those of the port."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.stripe.events import StripeEvents
from adapters.stripe.snapshots import checkout_snapshot, subscription_snapshot
from application.ports.payment_gateway import BillSnapshot, CheckoutSnapshot, PaymentStatus
from domain.subscriptions import PlanType, ProviderStatus
from tests.payments.payment_fixture import PRICES, SECRET, signed

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def a_session(**fields: Any) -> dict[str, Any]:
    session = {
        "id": "cs_1",
        "status": "complete",
        "payment_status": "unpaid",
        "expires_at": int(NOW.timestamp()),
    }
    return session | fields


def an_invoice(**fields: Any) -> dict[str, Any]:
    invoice = {
        "id": "in_1",
        "customer": "cus_1",
        "created": int(NOW.timestamp()),
        "amount_paid": 0,
        "currency": "usd",
    }
    return invoice | fields


@pytest.mark.parametrize(
    "status, payment_status, translated",
    [
        ("open", "unpaid", PaymentStatus.OPEN),
        ("complete", "unpaid", PaymentStatus.PROCESSING),
        ("complete", "paid", PaymentStatus.PAID),
        ("complete", "no_payment_required", PaymentStatus.PAID),
        ("expired", "unpaid", PaymentStatus.EXPIRED),
        ("brand new", "paid", PaymentStatus.OPEN),
        (None, "unpaid", PaymentStatus.OPEN),
    ],
)
def test_the_two_statuses_of_a_session_become_one(
    status: str | None, payment_status: str, translated: PaymentStatus
) -> None:
    session = a_session(status=status, payment_status=payment_status)
    assert checkout_snapshot(session).status is translated


@pytest.mark.parametrize(
    "status, translated",
    [
        ("incomplete", ProviderStatus.INCOMPLETE),
        ("trialing", ProviderStatus.TRIALING),
        ("active", ProviderStatus.ACTIVE),
        ("past_due", ProviderStatus.PAST_DUE),
        ("unpaid", ProviderStatus.UNPAID),
        ("paused", ProviderStatus.PAUSED),
        ("incomplete_expired", ProviderStatus.EXPIRED),
        ("canceled", ProviderStatus.CANCELLED),
        ("brand new", ProviderStatus.UNKNOWN),
    ],
)
def test_each_status_of_a_subscription_is_translated(
    status: str, translated: ProviderStatus
) -> None:
    item = {"price": "price_hot", "current_period_start": 1, "current_period_end": 2}
    subscription = {
        "id": "sub_1",
        "customer": "cus_1",
        "status": status,
        "items": {"data": [item]},
    }
    snapshot = subscription_snapshot(subscription, PRICES)
    assert (snapshot.status, snapshot.plan_type) == (translated, PlanType.HOT_DESK)


@pytest.mark.parametrize(
    "kind, subject, status",
    [
        ("checkout.session.completed", a_session(), PaymentStatus.PROCESSING),
        (
            "checkout.session.async_payment_succeeded",
            a_session(payment_status="paid"),
            PaymentStatus.PAID,
        ),
        ("checkout.session.async_payment_failed", a_session(), PaymentStatus.FAILED),
        ("checkout.session.expired", a_session(status="expired"), PaymentStatus.EXPIRED),
        ("invoice.paid", an_invoice(), PaymentStatus.PAID),
        ("invoice.payment_failed", an_invoice(), PaymentStatus.FAILED),
    ],
)
def test_an_event_has_the_status_of_its_payment(
    kind: str, subject: dict[str, Any], status: PaymentStatus
) -> None:
    event = {
        "id": "evt_1",
        "object": "event",
        "type": kind,
        "created": int(NOW.timestamp()),
        "livemode": False,
        "data": {"object": subject},
    }
    body = json.dumps(event).encode()
    parsed = StripeEvents(SECRET, PRICES).read(body, signed(body, NOW), at=NOW)
    assert isinstance(parsed.subject, CheckoutSnapshot | BillSnapshot)
    assert parsed.subject.status is status
