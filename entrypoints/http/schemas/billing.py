"""Request and response bodies of `/api/billing`."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from application.payments.open_checkout import OpenedCheckout
from domain.ids import BookingId
from domain.invoices import Invoice, InvoiceStatus
from domain.subscriptions import PlanType, Subscription, SubscriptionStatus
from entrypoints.http.schemas.common import Request


class CheckoutBody(Request, kw_only=True):
    """What to pay for: either a plan or a booking."""

    plan_type: Annotated[
        PlanType | UnsetType, Meta(description="Plan to subscribe to. Excludes `booking_id`.")
    ] = UNSET
    booking_id: Annotated[
        UUID | UnsetType, Meta(description="ID of the booking to pay for. Excludes `plan_type`.")
    ] = UNSET
    schema_rules: ClassVar[dict[str, Any]] = Request.schema_rules | {
        "oneOf": [{"required": ["plan_type"]}, {"required": ["booking_id"]}]
    }

    def __post_init__(self) -> None:
        if (self.plan_type is UNSET) == (self.booking_id is UNSET):
            raise ValueError("Expected either `plan_type` or `booking_id`.")

    def subject(self) -> BookingId | PlanType:
        """Return the booking or the plan to pay for."""
        if isinstance(self.booking_id, UUID):
            return BookingId(self.booking_id)
        assert isinstance(self.plan_type, PlanType)  # noqa: S101 - checked by `__post_init__`
        return self.plan_type


class OpenedCheckoutBody(msgspec.Struct, frozen=True):
    """An open Stripe checkout."""

    checkout_url: Annotated[
        str, Meta(description="URL of the Stripe page. Redirect the member there to pay.")
    ]
    session_id: Annotated[
        str,
        Meta(description="ID of the Stripe Checkout Session.", examples=["cs_test_a1b2c3"]),
    ]
    expires_at: Annotated[
        datetime,
        Meta(description="When the checkout expires, in UTC. A booking is held at least as long."),
    ]


class PortalBody(msgspec.Struct, frozen=True):
    """A Stripe customer portal session."""

    portal_url: Annotated[
        str,
        Meta(
            description=(
                "URL of the Stripe page. Redirect the member there to manage cards and plan."
            )
        ),
    ]


class BillingStatusBody(msgspec.Struct, frozen=True):
    """Your subscription. Every other field is null if you never had one."""

    has_subscription: Annotated[
        bool, Meta(description="Whether you have a subscription that is not CANCELLED.")
    ]
    plan_type: Annotated[PlanType | None, Meta(description="Plan of the subscription.")] = None
    status: Annotated[
        SubscriptionStatus | None, Meta(description="Status of the subscription.")
    ] = None
    current_period_start: Annotated[
        datetime | None, Meta(description="Start of the current billing period, in UTC.")
    ] = None
    current_period_end: Annotated[
        datetime | None, Meta(description="End of the current billing period, in UTC.")
    ] = None
    cancel_at_period_end: Annotated[
        bool | None,
        Meta(description="Whether the subscription ends with the current billing period."),
    ] = None


class InvoiceBody(msgspec.Struct, frozen=True):
    """An invoice for a booking or for a billing period of a plan."""

    id: Annotated[UUID, Meta(description="ID of the invoice, a UUIDv7.")]
    number: Annotated[
        str | None,
        Meta(
            description=(
                "Invoice number, consecutive within a year. Null until the invoice is issued."
            ),
            examples=["2026-000042"],
        ),
    ]
    user_id: Annotated[UUID, Meta(description="ID of the user who is invoiced.")]
    booking_id: Annotated[
        UUID | None, Meta(description="ID of the booking. Null on the invoice of a plan.")
    ]
    subscription_id: Annotated[
        UUID | None, Meta(description="ID of the subscription. Null on the invoice of a booking.")
    ]
    amount_usd: Annotated[
        str, Meta(description="Invoiced amount, in US dollars.", examples=["36.00"])
    ]
    refunded_usd: Annotated[
        str, Meta(description="Amount refunded so far, in US dollars.", examples=["0.00"])
    ]
    status: Annotated[InvoiceStatus, Meta(description="Status of the invoice.")]
    description: Annotated[
        str,
        Meta(
            description="What is invoiced.",
            examples=["Maple Room, 2 March 2026, 08:00 to 10:00"],
        ),
    ]
    issued_at: Annotated[datetime, Meta(description="Time of issue, in UTC.")]
    paid_at: Annotated[
        datetime | None, Meta(description="Time of payment, in UTC. Null while it is not paid.")
    ]


def opened_checkout_body(opened: OpenedCheckout) -> OpenedCheckoutBody:
    """Return the response body for an open checkout."""
    return OpenedCheckoutBody(opened.checkout_url, opened.session_id, opened.expires_at)


def billing_status_body(subscription: Subscription | None) -> BillingStatusBody:
    """Return the response body for a subscription, or for a user who has none."""
    if subscription is None:
        return BillingStatusBody(has_subscription=False)
    return BillingStatusBody(
        has_subscription=subscription.status is not SubscriptionStatus.CANCELLED,
        plan_type=subscription.plan_type,
        status=subscription.status,
        current_period_start=subscription.current_period.start,
        current_period_end=subscription.current_period.end,
        cancel_at_period_end=subscription.cancel_at_period_end,
    )


def invoice_body(invoice: Invoice) -> InvoiceBody:
    """Return the response body for an invoice."""
    return InvoiceBody(
        id=invoice.id,
        number=invoice.number,
        user_id=invoice.user_id,
        booking_id=invoice.booking_id,
        subscription_id=invoice.subscription_id,
        amount_usd=str(invoice.amount),
        refunded_usd=str(invoice.refunded),
        status=invoice.status,
        description=invoice.description,
        issued_at=invoice.issued_at,
        paid_at=invoice.paid_at,
    )
