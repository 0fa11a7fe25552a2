"""Payment intents, and the charges that come of them."""

from dataclasses import dataclass

from adapters.stripe.sandbox.account import Account, Json

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
class Payment:
    """What is to be paid, for whom, and what the one who asked for it wrote on it."""

    amount: int
    currency: str
    customer: str | None
    metadata: dict[str, str]
    description: str | None = None
    email: str | None = None


def begin(account: Account, payment: Payment) -> Json:
    """A payment intent that waits for a means to pay."""
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


def succeed(account: Account, intent: Json) -> Json:
    """Take the money: at once, or of a charge that was pending."""
    charge = _charge_of(account, intent, "succeeded")
    intent |= {
        "amount_received": intent["amount"],
        "status": "succeeded",
        "last_payment_error": None,
    }
    account.record("charge", charge, charge["amount"])
    account.emit("charge.succeeded", charge)
    account.emit("payment_intent.succeeded", intent)
    return charge


def start(account: Account, intent: Json) -> Json:
    """A payment that takes days to go through."""
    charge = _charge_of(account, intent, "pending")
    intent["status"] = "processing"
    account.emit("charge.pending", charge)
    account.emit("payment_intent.processing", intent)
    return charge


def fail(account: Account, intent: Json) -> Json:
    """The card was declined, or the payment that was under way did not go through."""
    charge = _charge_of(account, intent, "failed")
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


def cancel(account: Account, intent: Json) -> None:
    """Nothing more can be paid with it."""
    now = account.clock.now()
    intent |= {"status": "canceled", "canceled_at": now, "cancellation_reason": "expired"}
    account.emit("payment_intent.canceled", intent)


def _charge_of(account: Account, intent: Json, status: str) -> Json:
    """The pending charge of the intent, or a new one, now in that status."""
    latest = account.objects.get("charge", {}).get(intent["latest_charge"] or "")
    is_under_way = latest is not None and latest["status"] == "pending"
    charge = latest if latest is not None and is_under_way else _new_charge(account, intent)
    is_paid = status == "succeeded"
    charge |= {
        "status": status,
        "paid": status != "failed",
        "captured": is_paid,
        "amount_captured": charge["amount"] if is_paid else 0,
    }
    intent["latest_charge"] = charge["id"]
    intent["payment_method"] = charge["payment_method"]
    return charge


def _new_charge(account: Account, intent: Json) -> Json:
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
