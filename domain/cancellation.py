"""Cancellation: whether it is free of charge, so that what was paid is refunded."""

from datetime import datetime, timedelta
from enum import StrEnum

from domain.bookings import Booking


class RefundChoice(StrEnum):
    """How much a cancellation refunds. Admins choose; members always get the house's policy."""

    POLICY = "policy"
    FULL = "full"
    NONE = "none"


def is_free_of_charge(
    booking: Booking, *, at: datetime, choice: RefundChoice, free_cancellation: timedelta
) -> bool:
    """Whether a cancellation at that time is free of charge.

    By the policy of the house it is, up to `free_cancellation` before the start (the contract).
    """
    if choice is RefundChoice.POLICY:
        return at <= booking.period.start - free_cancellation
    return choice is RefundChoice.FULL
