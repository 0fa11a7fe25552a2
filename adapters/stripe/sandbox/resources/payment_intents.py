"""Payment intents and their charges."""

from dataclasses import dataclass

from adapters.stripe.sandbox.account import Json, SandboxAccount

CARD = {
    "brand": "visa",
    "country": "US",
    "exp_month": 12,
    "exp_year": 2040,
    "funding": "credit",
    "last4": "4242",
}
DECLINED = "Your card was declined."


@dataclass(frozen=True)
class PaymentData:
    """The values a payment intent is created with. `amount` is in cents."""

    amount: int
    currency: str
    customer: str | None
    metadata: dict[str, str]
    description: str | None = None
    email: str | None = None


def create_payment_intent(account: SandboxAccount, payment: PaymentData) -> Json:
    """Create a payment intent that requires a payment method."""
    intent = account.add(
        "payment_intent",
        "pi",
        {
            "amount": payment.amount,
            "amount_capturable": 0,
            "amount_received": 0,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": "automatic_async",
            "confirmation_method": "automatic",
            "currency": payment.currency,
            "customer": payment.customer,
            "description": payment.description,
            "last_payment_error": None,
            "latest_charge": None,
            "metadata": payment.metadata,
            "payment_method": None,
            "payment_method_types": ["card"],
            "receipt_email": payment.email,
            "status": "requires_payment_method",
        },
    )
    account.emit("payment_intent.created", intent)
    return intent


def succeed_payment(account: SandboxAccount, intent: Json) -> Json:
    """Complete the payment, with its pending charge or a new one. Returns the charge."""
    charge = _charge_with_status(account, intent, "succeeded")
    intent |= {
        "amount_received": intent["amount"],
        "status": "succeeded",
        "last_payment_error": None,
    }
    account.add_ledger_entry("charge", charge, charge["amount"])
    account.emit("charge.succeeded", charge)
    account.emit("payment_intent.succeeded", intent)
    return charge


def start_processing(account: SandboxAccount, intent: Json) -> Json:
    """Start an asynchronous payment, which takes days to complete. Returns the charge."""
    charge = _charge_with_status(account, intent, "pending")
    intent["status"] = "processing"
    account.emit("charge.pending", charge)
    account.emit("payment_intent.processing", intent)
    return charge


def fail_payment(account: SandboxAccount, intent: Json) -> Json:
    """Fail the payment: a declined card, or an asynchronous payment. Returns the charge."""
    charge = _charge_with_status(account, intent, "failed")
    charge |= {"failure_code": "card_declined", "failure_message": DECLINED}
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_payment_error": {
            "charge": charge["id"],
            "code": "card_declined",
            "decline_code": "generic_decline",
            "message": DECLINED,
            "type": "card_error",
        },
    }
    account.emit("charge.failed", charge)
    account.emit("payment_intent.payment_failed", intent)
    return charge


def _charge_with_status(account: SandboxAccount, intent: Json, status: str) -> Json:
    """Set the status of the intent's pending charge, or of a new charge, and return it."""
    latest = account.objects.get("charge", {}).get(intent["latest_charge"] or "")
    is_pending = latest is not None and latest["status"] == "pending"
    charge = latest if latest is not None and is_pending else _add_charge(account, intent)
    is_captured = status == "succeeded"
    charge |= {
        "status": status,
        "paid": status != "failed",
        "captured": is_captured,
        "amount_captured": charge["amount"] if is_captured else 0,
    }
    intent["latest_charge"] = charge["id"]
    intent["payment_method"] = charge["payment_method"]
    return charge


def _add_charge(account: SandboxAccount, intent: Json) -> Json:
    return account.add(
        "charge",
        "ch",
        {
            "amount": intent["amount"],
            "amount_captured": 0,
            "amount_refunded": 0,
            "balance_transaction": None,
            "billing_details": {
                "address": None,
                "email": intent["receipt_email"],
                "name": None,
                "phone": None,
                "tax_id": None,
            },
            "captured": False,
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "failure_code": None,
            "failure_message": None,
            "metadata": dict(intent["metadata"]),
            "paid": False,
            "payment_intent": intent["id"],
            "payment_method": account.new_id("pm"),
            "payment_method_details": {"type": "card", "card": dict(CARD)},
            "receipt_email": intent["receipt_email"],
            "receipt_url": None,
            "refunded": False,
            "status": "pending",
        },
    )
