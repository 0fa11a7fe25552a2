"""PaymentSettings: what an operator decides about payments."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSettings:
    """`look_timeout` is how many seconds somebody who looks at a booking waits for Stripe."""

    look_timeout: float = 2.0
