"""Refunds: `/v1/refunds`. Partial or full, never more than the charged amount."""

from adapters.stripe.sandbox.account import Json, SandboxAccount
from adapters.stripe.sandbox.errors import invalid_state, missing_param
from adapters.stripe.sandbox.params import Params

REFUND_PARAMS = frozenset({"charge", "payment_intent", "amount", "reason", "metadata", "expand"})


def create_refund(account: SandboxAccount, params: Params) -> Json:
    """`POST /v1/refunds`."""
    params.allow(REFUND_PARAMS)
    charge = _retrieve_charge(account, params)
    reason = params.enum("reason", "duplicate", "fraudulent", "requested_by_customer")
    amount = params.integer("amount", min_value=1)
    return refund_charge(account, charge, amount, reason=reason, metadata=params.metadata())


def refund_charge(
    account: SandboxAccount,
    charge: Json,
    amount: int | None = None,
    *,
    reason: str | None = None,
    metadata: dict[str, str] | None = None,
) -> Json:
    """Refund an amount in cents; by default all that has not been refunded yet."""
    refundable = charge["amount_captured"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise invalid_state(f"Charge {charge['id']} has not been captured and cannot be refunded.")
    if refundable == 0:
        raise invalid_state(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    amount = refundable if amount is None else amount
    if amount > refundable:
        raise invalid_state(
            f"Refund amount (${amount / 100:.2f}) is greater than unrefunded amount on charge "
            f"(${refundable / 100:.2f})",
            param="amount",
        )
    refund = _add_refund(account, charge, amount, reason, metadata or {})
    account.add_ledger_entry("refund", refund, amount)
    account.emit("refund.created", refund)
    amount_refunded = charge["amount_refunded"] + amount
    account.update(
        "charge.refunded",
        charge,
        amount_refunded=amount_refunded,
        refunded=amount_refunded == charge["amount_captured"],
    )
    return refund


def fail_refund(account: SandboxAccount, refund: Json) -> None:
    """Mark a refund as failed: the bank returned the money."""
    charge = account.retrieve("charge", refund["charge"])
    refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    account.add_ledger_entry("failed_refund", refund, refund["amount"])
    account.emit("refund.failed", refund)


def _retrieve_charge(account: SandboxAccount, params: Params) -> Json:
    if params.string("charge") is not None:
        return account.retrieve("charge", params.required("charge"), "charge")
    if params.string("payment_intent") is None:
        raise missing_param("payment_intent")
    intent = account.retrieve("payment_intent", params.required("payment_intent"), "payment_intent")
    if intent["latest_charge"] is None:
        raise invalid_state(f"The PaymentIntent {intent['id']} does not have a successful charge.")
    return account.retrieve("charge", intent["latest_charge"])


def _add_refund(
    account: SandboxAccount, charge: Json, amount: int, reason: str | None, metadata: dict[str, str]
) -> Json:
    return account.add(
        "refund",
        "re",
        {
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "currency": charge["currency"],
            "metadata": metadata,
            "payment_intent": charge["payment_intent"],
            "reason": reason,
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": "succeeded",
            "transfer_reversal": None,
        },
    )
