"""What a buyer does with a checkout session: pay, decline, or pay asynchronously."""

from adapters.stripe.sandbox.account import Json, SandboxAccount
from adapters.stripe.sandbox.errors import invalid_state
from adapters.stripe.sandbox.resources.checkout_sessions import KIND
from adapters.stripe.sandbox.resources.invoices import mark_invoice_paid, mark_payment_failed
from adapters.stripe.sandbox.resources.payment_intents import (
    PaymentData,
    create_payment_intent,
    fail_payment,
    start_processing,
    succeed_payment,
)
from adapters.stripe.sandbox.resources.subscriptions import create_subscription


def pay(account: SandboxAccount, session_id: str) -> Json:
    """Pay with a valid card: the payment succeeds, and the session is complete."""
    session = _retrieve_open(account, session_id)
    if session["mode"] == "subscription":
        create_subscription(account, session, is_paid=True)
    elif session["amount_total"]:
        succeed_payment(account, _payment_intent_of(account, session))
    session["payment_status"] = _paid_status(account, session)
    return _complete(account, session)


def decline(account: SandboxAccount, session_id: str) -> Json:
    """Try a card that is declined: the session stays open for another attempt."""
    session = _retrieve_open(account, session_id)
    if session["mode"] == "payment":
        fail_payment(account, _payment_intent_of(account, session))
    return session


def start_async_payment(account: SandboxAccount, session_id: str) -> Json:
    """Pay with a method that takes days: the session is complete, but still unpaid."""
    session = _retrieve_open(account, session_id)
    if session["mode"] == "subscription":
        create_subscription(account, session, is_paid=False)
    else:
        start_processing(account, _payment_intent_of(account, session))
    return _complete(account, session)


def succeed_async_payment(account: SandboxAccount, session_id: str) -> Json:
    """Complete the payment that `start_async_payment` started."""
    session, intent = _retrieve_processing(account, session_id)
    charge = succeed_payment(account, intent)
    if session["invoice"] is not None:
        mark_invoice_paid(account, account.retrieve("invoice", session["invoice"]), charge)
    session["payment_status"] = "paid"
    account.emit("checkout.session.async_payment_succeeded", session)
    return session


def fail_async_payment(account: SandboxAccount, session_id: str) -> Json:
    """Fail the payment that `start_async_payment` started."""
    session, intent = _retrieve_processing(account, session_id)
    fail_payment(account, intent)
    if session["invoice"] is not None:
        mark_payment_failed(account, account.retrieve("invoice", session["invoice"]))
    account.emit("checkout.session.async_payment_failed", session)
    return session


def _retrieve_open(account: SandboxAccount, session_id: str) -> Json:
    session = account.retrieve(KIND, session_id)
    if session["status"] != "open":
        raise invalid_state(f"This Checkout Session is {session['status']}.")
    return session


def _retrieve_processing(account: SandboxAccount, session_id: str) -> tuple[Json, Json]:
    """Return the session and its processing payment intent. Raises ApiError without one."""
    session = account.retrieve(KIND, session_id)
    intent_id = session["payment_intent"]
    if session["invoice"] is not None:
        intent_id = account.private[session["invoice"]].get("payment_intent")
    intent = account.objects.get("payment_intent", {}).get(intent_id or "")
    if intent is None or intent["status"] != "processing":
        raise invalid_state("No payment of this Checkout Session is processing.")
    return session, intent


def _payment_intent_of(account: SandboxAccount, session: Json) -> Json:
    """Return the session's payment intent, which the first payment attempt creates."""
    if session["payment_intent"] is not None:
        return account.retrieve("payment_intent", session["payment_intent"])
    payment_data = account.private[session["id"]]["inner"]
    intent = create_payment_intent(
        account,
        PaymentData(
            amount=session["amount_total"],
            currency=session["currency"],
            customer=session["customer"],
            metadata=dict(payment_data["metadata"]),
            description=payment_data["description"],
            email=_email(account, session),
        ),
    )
    session["payment_intent"] = intent["id"]
    return intent


def _email(account: SandboxAccount, session: Json) -> str | None:
    if session["customer"] is None:
        email: str | None = session["customer_email"]
        return email
    customer_email: str | None = account.retrieve("customer", session["customer"])["email"]
    return customer_email


def _paid_status(account: SandboxAccount, session: Json) -> str:
    if session["mode"] == "payment":
        return "paid" if session["amount_total"] else "no_payment_required"
    is_trial = account.retrieve("subscription", session["subscription"])["status"] == "trialing"
    return "no_payment_required" if is_trial else "paid"


def _complete(account: SandboxAccount, session: Json) -> Json:
    session |= {
        "status": "complete",
        "url": None,
        "customer_details": {
            "address": None,
            "email": _email(account, session),
            "name": None,
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
    }
    account.emit("checkout.session.completed", session)
    return session
