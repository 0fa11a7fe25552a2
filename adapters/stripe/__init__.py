"""Stripe: the payments of the house, and the events that come of them."""

from adapters.stripe.payments import StripePayments
from adapters.stripe.webhook_signature import StripeEvents

__all__ = ["StripeEvents", "StripePayments"]
