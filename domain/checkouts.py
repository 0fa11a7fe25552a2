"""Checkout: one hosted page of the payment provider on which one thing can be paid.

    OPENING ──▶ OPEN ──▶ PROCESSING ──▶ PAID
                  ├──▶ EXPIRED  └──▶ FAILED
                  └──▶ SUPERSEDED

It only ever advances: of two reports the later status counts, whichever arrives first. PAID is the
last of all statuses, because a payment that succeeded cannot be ignored.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from domain.ids import BookingId, CheckoutId, UserId
from domain.money import Money
from domain.subscriptions import PlanType

MIN_PAGE_LIFETIME = timedelta(minutes=30)
"""The shortest lifetime that the payment provider allows for a page (a limit of Stripe's)."""
LEEWAY = timedelta(minutes=1)
"""Allows for the duration of a request and for clock skew."""
PLAN_PAGE_LIFETIME = timedelta(hours=23)
MAX_PROCESSING_TIME = timedelta(days=7)


class CheckoutStatus(StrEnum):
    """Status of a checkout.

    SUPERSEDED: its page has to be closed, because another one replaced it, or its booking was
    cancelled, repriced, or paid in another way.
    """

    OPENING = "OPENING"
    OPEN = "OPEN"
    SUPERSEDED = "SUPERSEDED"
    PROCESSING = "PROCESSING"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"
    PAID = "PAID"


_ORDER = {status: position for position, status in enumerate(CheckoutStatus)}
CURRENT_STATUSES = frozenset({CheckoutStatus.OPENING, CheckoutStatus.OPEN})
"""A booking, and a user's plan, has at most one checkout in these statuses."""
UNSETTLED_STATUSES = CURRENT_STATUSES | {CheckoutStatus.SUPERSEDED, CheckoutStatus.PROCESSING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A page for a booking, at its price at the time, or for a plan.

    It is stored before the provider is asked for the page, so that later reports can be matched;
    `session_id`, `url` and `expires_at` are the provider's response.
    """

    id: CheckoutId
    user_id: UserId
    booking_id: BookingId | None
    plan_type: PlanType | None
    amount: Money | None
    status: CheckoutStatus
    session_id: str | None = None
    url: str | None = None
    expires_at: datetime | None = None
    provider_subscription_id: str | None = None
    version: int = 1
    created_at: datetime

    def __post_init__(self) -> None:
        if (self.booking_id is None) == (self.plan_type is None):
            raise ValueError("A checkout is for a booking or for a plan.")
        if (self.booking_id is None) != (self.amount is None):
            raise ValueError("A booking's checkout has an amount, and a plan's has none.")

    @property
    def requested_expiry(self) -> datetime:
        """The expiry to request for the page. Constant, so that a repeated request is the same."""
        lifetime = PLAN_PAGE_LIFETIME if self.booking_id is None else MIN_PAGE_LIFETIME + LEEWAY
        return (self.created_at + lifetime).replace(microsecond=0)

    @property
    def hold_while_processing(self) -> datetime:
        """The end of the hold while a payment that takes days is processed."""
        return self.created_at + MAX_PROCESSING_TIME

    def can_be_opened(self, *, at: datetime) -> bool:
        """Whether a request for its page, perhaps a repeated one, can still succeed."""
        return self.status is CheckoutStatus.OPENING and at < self.created_at + LEEWAY / 2

    def can_be_used(self, *, at: datetime) -> bool:
        """Whether its page can be returned to the customer again."""
        is_open = self.status is CheckoutStatus.OPEN
        return is_open and self.expires_at is not None and at < self.expires_at - LEEWAY

    def opened(self, session_id: str, url: str | None, expires_at: datetime) -> Self:
        """The checkout after the provider opened its page. A later status stays."""
        return replace(
            self,
            session_id=session_id,
            url=url,
            expires_at=expires_at,
            status=self._later_of(CheckoutStatus.OPEN),
            version=self.version + 1,
        )

    def advanced_to(
        self,
        status: CheckoutStatus,
        *,
        session_id: str | None = None,
        provider_subscription_id: str | None = None,
    ) -> Self:
        """The checkout advanced to `status`. It never moves backwards."""
        return replace(
            self,
            status=self._later_of(status),
            session_id=self.session_id or session_id,
            provider_subscription_id=self.provider_subscription_id or provider_subscription_id,
            version=self.version + 1,
        )

    def _later_of(self, status: CheckoutStatus) -> CheckoutStatus:
        return max(self.status, status, key=_ORDER.__getitem__)
