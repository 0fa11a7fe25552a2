"""Bodies of `/api/billing`."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from application.payments.open_checkout import OpenedCheckout
from domain.ids import BookingId
from domain.invoices import Invoice, InvoiceStatus
from domain.subscriptions import PlanType, Subscription, SubscriptionStatus
from entrypoints.http.schemas.common import Request


class CheckoutBody(Request, kw_only=True):
    """What is to be paid: a plan, or a booking."""

    plan_type: PlanType | UnsetType = UNSET
    booking_id: UUID | UnsetType = UNSET
    schema_rules: ClassVar[dict[str, Any]] = Request.schema_rules | {
        "oneOf": [{"required": ["plan_type"]}, {"required": ["booking_id"]}]
    }

    def __post_init__(self) -> None:
        if (self.plan_type is UNSET) == (self.booking_id is UNSET):
            raise ValueError("Expected either `plan_type` or `booking_id`.")

    def wanted(self) -> BookingId | PlanType:
        """What the use case is asked for."""
        if isinstance(self.booking_id, UUID):
            return BookingId(self.booking_id)
        assert isinstance(self.plan_type, PlanType)  # noqa: S101 - `__post_init__` has seen to it
        return self.plan_type


class OpenedCheckoutBody(msgspec.Struct, frozen=True):
    """Where to pay, and until when."""

    checkout_url: str
    session_id: str
    expires_at: datetime


class PortalBody(msgspec.Struct, frozen=True):
    """Where a member sees to their cards and their plan."""

    portal_url: str


class BillingStatusBody(msgspec.Struct, frozen=True):
    """A member's plan. All is null for those who never had one."""

    has_subscription: bool
    plan_type: PlanType | None = None
    status: SubscriptionStatus | None = None
    current_period_start: datetime | None = None
    current_period_end: datetime | None = None
    cancel_at_period_end: bool | None = None


class InvoiceBody(msgspec.Struct, frozen=True):
    """An invoice, for a booking or for a period of a plan. A draft has no number yet."""

    id: UUID
    number: str | None
    user_id: UUID
    booking_id: UUID | None
    subscription_id: UUID | None
    amount_usd: str
    refunded_usd: str
    status: InvoiceStatus
    description: str
    issued_at: datetime
    paid_at: datetime | None


def opened_checkout_body(opened: OpenedCheckout) -> OpenedCheckoutBody:
    """The opened checkout as the contract has it."""
    return OpenedCheckoutBody(opened.checkout_url, opened.session_id, opened.expires_at)


def billing_status_body(subscription: Subscription | None) -> BillingStatusBody:
    """The plan as the contract has it."""
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
    """The invoice as the contract has it."""
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
