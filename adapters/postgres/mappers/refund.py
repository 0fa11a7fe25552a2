"""Refunds from and to rows of `refunds`."""

from typing import Any

from adapters.postgres.mappers.values import Row
from domain.money import Money
from domain.refunds import Refund


def refund_from(row: Row) -> Refund:
    """Return the refund of a row of `refunds`."""
    return Refund(
        id=row["id"],
        booking_id=row["booking_id"],
        space_id=row["space_id"],
        amount=Money(row["amount_cents"]),
        decided_at=row["decided_at"],
        accepted_at=row["accepted_at"],
        payment_id=row["payment_id"],
        is_manual=row["by_hand"],
        attempts=row["attempts"],
        next_attempt_at=row["next_attempt_at"],
        version=row["version"],
    )


def refund_row(refund: Refund) -> dict[str, Any]:
    """Return the columns of `refunds`."""
    return {
        "id": refund.id,
        "booking_id": refund.booking_id,
        "space_id": refund.space_id,
        "amount_cents": refund.amount.cents,
        "decided_at": refund.decided_at,
        "accepted_at": refund.accepted_at,
        "payment_id": refund.payment_id,
        "by_hand": refund.is_manual,
        "attempts": refund.attempts,
        "next_attempt_at": refund.next_attempt_at,
        "version": refund.version,
    }
