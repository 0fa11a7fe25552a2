"""What a buyer does with a checkout session, and what becomes of the payment."""

from adapters.stripe.sandbox import payments
from adapters.stripe.sandbox.account import Account, Json
from adapters.stripe.sandbox.checkout import KIND
from adapters.stripe.sandbox.failures import refused
from adapters.stripe.sandbox.invoices import fail_invoice, settle_invoice
from adapters.stripe.sandbox.payments import Payment
from adapters.stripe.sandbox.subscriptions import begin_subscription


def pay(account: Account, session_id: str) -> Json:
    """The card is good: the money is there, and the session complete."""
    session = _open(account, session_id)
    if session["mode"] == "subscription":
        begin_subscription(account, session, is_paid=True)
    elif session["amount_total"]:
        payments.succeed(account, _intent(account, session))
    session["payment_status"] = _paid_status(account, session)
    return _complete(account, session)


def pay_later(account: Account, session_id: str) -> Json:
    """By a means that takes days: the session is complete, and not paid yet."""
    session = _open(account, session_id)
    if session["mode"] == "subscription":
        begin_subscription(account, session, is_paid=False)
    else:
        payments.start(account, _intent(account, session))
    return _complete(account, session)


def decline(account: Account, session_id: str) -> Json:
    """The card is refused: the session stays open, and the buyer may try another one."""
    session = _open(account, session_id)
    if session["mode"] == "payment":
        payments.fail(account, _intent(account, session))
    return session


def succeed_later(account: Account, session_id: str) -> Json:
    """What `pay_later` began went through."""
    session, intent = _under_way(account, session_id)
    charge = payments.succeed(account, intent)
    if session["invoice"] is not None:
        settle_invoice(account, account.find("invoice", session["invoice"]), charge)
    session["payment_status"] = "paid"
    account.emit("checkout.session.async_payment_succeeded", session)
    return session


def fail_later(account: Account, session_id: str) -> Json:
    """What `pay_later` began did not go through."""
    session, intent = _under_way(account, session_id)
    payments.fail(account, intent)
    if session["invoice"] is not None:
        fail_invoice(account, account.find("invoice", session["invoice"]))
    account.emit("checkout.session.async_payment_failed", session)
    return session


def _open(account: Account, session_id: str) -> Json:
    session = account.find(KIND, session_id)
    if session["status"] != "open":
        raise refused(f"This Checkout Session is {session['status']}.")
    return session


def _under_way(account: Account, session_id: str) -> tuple[Json, Json]:
    session = account.find(KIND, session_id)
    intent_id = session["payment_intent"]
    if session["invoice"] is not None:
        intent_id = account.private[session["invoice"]].get("payment_intent")
    intent = account.objects.get("payment_intent", {}).get(intent_id or "")
    if intent is None or intent["status"] != "processing":
        raise refused("No payment of this Checkout Session is under way.")
    return session, intent


def _intent(account: Account, session: Json) -> Json:
    """The session's payment intent, which the first try to pay brings into being."""
    if session["payment_intent"] is not None:
        return account.find("payment_intent", session["payment_intent"])
    inner = account.private[session["id"]]["inner"]
    intent = payments.begin(
        account,
        Payment(
            amount=session["amount_total"],
            currency=session["currency"],
            customer=session["customer"],
            metadata=dict(inner["metadata"]),
            description=inner["description"],
            email=_email(account, session),
        ),
    )
    session["payment_intent"] = intent["id"]
    return intent


def _email(account: Account, session: Json) -> str | None:
    if session["customer"] is None:
        email: str | None = session["customer_email"]
        return email
    customer_email: str | None = account.find("customer", session["customer"])["email"]
    return customer_email


def _paid_status(account: Account, session: Json) -> str:
    if session["mode"] == "payment":
        return "paid" if session["amount_total"] else "no_payment_required"
    is_trial = account.find("subscription", session["subscription"])["status"] == "trialing"
    return "no_payment_required" if is_trial else "paid"


def _complete(account: Account, session: Json) -> Json:
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
