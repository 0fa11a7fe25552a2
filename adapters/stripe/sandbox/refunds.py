"""Refunds: in parts or in full, never more than was charged."""

from adapters.stripe.sandbox.account import Account, Json
from adapters.stripe.sandbox.failures import missing, refused
from adapters.stripe.sandbox.forms import Params

REFUND_PARAMS = frozenset({"charge", "payment_intent", "amount", "reason", "metadata", "expand"})


def create_refund(account: Account, params: Params) -> Json:
    """`POST /v1/refunds`."""
    params.allow(REFUND_PARAMS)
    charge = _charge(account, params)
    reason = params.one_of("reason", "duplicate", "fraudulent", "requested_by_customer")
    amount = params.integer("amount", least=1)
    return refund(account, charge, amount, reason=reason, metadata=params.metadata())


def refund(
    account: Account,
    charge: Json,
    amount: int | None = None,
    *,
    reason: str | None = None,
    metadata: dict[str, str] | None = None,
) -> Json:
    """Give back an amount, by default all that is left of the charge."""
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise refused(f"Charge {charge['id']} has not been captured and cannot be refunded.")
    if left == 0:
        raise refused(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    amount = left if amount is None else amount
    if amount > left:
        raise refused(
            f"Refund amount (${amount / 100:.2f}) is greater than unrefunded amount on charge "
            f"(${left / 100:.2f})",
            param="amount",
        )
    made = _new_refund(account, charge, amount, reason, metadata or {})
    account.record("refund", made, amount)
    account.emit("refund.created", made)
    refunded = charge["amount_refunded"] + amount
    account.change(
        "charge.refunded",
        charge,
        amount_refunded=refunded,
        refunded=refunded == charge["amount_captured"],
    )
    return made


def fail_refund(account: Account, made: Json) -> None:
    """The bank sent the money back: the refund did not happen after all."""
    charge = account.find("charge", made["charge"])
    made |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    charge["amount_refunded"] -= made["amount"]
    charge["refunded"] = False
    account.record("failed_refund", made, made["amount"])
    account.emit("refund.failed", made)


def _charge(account: Account, params: Params) -> Json:
    if params.text("charge") is not None:
        return account.find("charge", params.required("charge"), "charge")
    if params.text("payment_intent") is None:
        raise missing("payment_intent")
    intent = account.find("payment_intent", params.required("payment_intent"), "payment_intent")
    if intent["latest_charge"] is None:
        raise refused(f"The PaymentIntent {intent['id']} does not have a successful charge.")
    return account.find("charge", intent["latest_charge"])


def _new_refund(
    account: Account, charge: Json, amount: int, reason: str | None, metadata: dict[str, str]
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
