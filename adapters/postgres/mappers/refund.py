"""refund_row: the columns of `refunds`."""

from typing import Any

from adapters.postgres.mappers.values import Row
from domain.money import Money
from domain.refunds import Refund


def refund_from(row: Row) -> Refund:
    """A row of `refunds`."""
    id_, booking_id, space_id, amount, decided_at, accepted_at, version, *rest = row
    payment_id, by_hand, attempts, next_attempt_at = rest
    return Refund(
        id=id_,
        booking_id=booking_id,
        space_id=space_id,
        amount=Money(amount),
        decided_at=decided_at,
        accepted_at=accepted_at,
        payment_id=payment_id,
        is_manual=by_hand,
        attempts=attempts,
        next_attempt_at=next_attempt_at,
        version=version,
    )


def refund_row(refund: Refund) -> dict[str, Any]:
    """The columns of `refunds`."""
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
