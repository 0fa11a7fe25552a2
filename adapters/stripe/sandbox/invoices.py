"""Invoices of subscriptions, one for each period."""

from adapters.stripe.sandbox import payments
from adapters.stripe.sandbox.account import Account, Json
from adapters.stripe.sandbox.catalog import product_name
from adapters.stripe.sandbox.failures import refused
from adapters.stripe.sandbox.forms import Params
from adapters.stripe.sandbox.payments import Payment


def issue_invoice(account: Account, subscription: Json, *, reason: str, is_trial: bool) -> Json:
    """The invoice for the period that runs now, open; a trial's costs nothing."""
    customer = account.find("customer", subscription["customer"])
    item = subscription["items"]["data"][0]
    amount = 0 if is_trial else item["price"]["unit_amount"] * item["quantity"]
    now = account.clock.now()
    invoice = account.add("invoice", "in", _blank(amount, subscription["currency"], now))
    number = len(account.objects["invoice"])
    invoice |= {
        "billing_reason": reason,
        "customer": customer["id"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "lines": _lines(account, invoice, subscription, amount),
        "number": f"SANDBOX-{number:04d}",
        "parent": {
            "quote_details": None,
            "subscription_details": {
                "metadata": dict(subscription["metadata"]),
                "subscription": subscription["id"],
            },
            "type": "subscription_details",
        },
    }
    account.private[invoice["id"]] = {}
    subscription["latest_invoice"] = invoice["id"]
    account.emit("invoice.created", invoice)
    account.emit("invoice.finalized", invoice)
    return invoice


def collect(account: Account, invoice: Json) -> None:
    """Charge the card."""
    if invoice["amount_due"] == 0:
        settle_invoice(account, invoice, None)
        return
    settle_invoice(account, invoice, payments.succeed(account, intent_of(account, invoice)))


def settle_invoice(account: Account, invoice: Json, charge: Json | None) -> None:
    """It is paid; its subscription is active again if it was not."""
    paid = invoice["amount_due"]
    invoice |= {
        "amount_paid": paid,
        "amount_remaining": 0,
        "attempted": True,
        "attempt_count": invoice["attempt_count"] + (charge is not None),
        "status": "paid",
        "next_payment_attempt": None,
    }
    invoice["status_transitions"]["paid_at"] = account.clock.now()
    if charge is not None:
        known = account.private[invoice["id"]]
        known |= {"payment_intent": charge["payment_intent"], "charge": charge["id"]}
        _note_payment(account, invoice)
    account.emit("invoice.paid", invoice)
    account.emit("invoice.payment_succeeded", invoice)
    subscription = account.find("subscription", subscription_of(invoice))
    if subscription["status"] in {"past_due", "unpaid", "incomplete"}:
        account.change("customer.subscription.updated", subscription, status="active")


def fail_invoice(account: Account, invoice: Json) -> None:
    """The card was declined: it stays open, and its subscription is past due."""
    invoice |= {"attempted": True, "attempt_count": invoice["attempt_count"] + 1}
    account.emit("invoice.payment_failed", invoice)
    subscription = account.find("subscription", subscription_of(invoice))
    if subscription["status"] in {"active", "trialing"}:
        account.change("customer.subscription.updated", subscription, status="past_due")


def decline_invoice(account: Account, invoice: Json) -> None:
    """Try the card, which is refused."""
    payments.fail(account, intent_of(account, invoice))
    fail_invoice(account, invoice)


def pay_invoice(account: Account, params: Params, invoice_id: str) -> Json:
    """`POST /v1/invoices/{id}/pay`."""
    params.allow({"expand"})
    invoice = account.find("invoice", invoice_id)
    if invoice["status"] != "open":
        raise refused(f"Invoice is already {invoice['status']}", code="invoice_not_editable")
    collect(account, invoice)
    return invoice


def subscription_of(invoice: Json) -> str:
    """The id of the subscription that it is for."""
    wanted: str = invoice["parent"]["subscription_details"]["subscription"]
    return wanted


def intent_of(account: Account, invoice: Json) -> Json:
    """Its payment intent, which the first try to collect it brings into being."""
    known = account.private[invoice["id"]]
    if "payment_intent" in known:
        return account.find("payment_intent", known["payment_intent"])
    intent = payments.begin(
        account,
        Payment(
            amount=invoice["amount_due"],
            currency=invoice["currency"],
            customer=invoice["customer"],
            metadata={},
            description="Subscription update",
            email=invoice["customer_email"],
        ),
    )
    known["payment_intent"] = intent["id"]
    return intent


def _note_payment(account: Account, invoice: Json) -> None:
    """Join the invoice with the payment intent that paid it."""
    account.add(
        "invoice_payment",
        "inpay",
        {
            "amount_paid": invoice["amount_paid"],
            "amount_requested": invoice["amount_due"],
            "currency": invoice["currency"],
            "invoice": invoice["id"],
            "is_default": True,
            "payment": {
                "payment_intent": account.private[invoice["id"]]["payment_intent"],
                "type": "payment_intent",
            },
            "status": "paid",
            "status_transitions": {"canceled_at": None, "paid_at": account.clock.now()},
        },
    )


def _lines(account: Account, invoice: Json, subscription: Json, amount: int) -> Json:
    item = subscription["items"]["data"][0]
    price = item["price"]
    line = {
        "id": account.new_id("il"),
        "object": "line_item",
        "amount": amount,
        "currency": invoice["currency"],
        "description": f"{item['quantity']} x {product_name(account, price)}",
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice["id"],
        "livemode": invoice["livemode"],
        "metadata": dict(subscription["metadata"]),
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": False,
                "proration_details": {"credited_items": None},
                "subscription": subscription["id"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        },
        "period": {"start": item["current_period_start"], "end": item["current_period_end"]},
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": item["quantity"],
        "subtotal": amount,
        "taxes": [],
    }
    url = f"/v1/invoices/{invoice['id']}/lines"
    return {"object": "list", "data": [line], "has_more": False, "url": url}


def _blank(amount: int, currency: str, now: int) -> Json:
    return {
        "amount_due": amount,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_remaining": amount,
        "amount_shipping": 0,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": False,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "collection_method": "charge_automatically",
        "currency": currency,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "due_date": None,
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "issuer": {"type": "self"},
        "metadata": {},
        "next_payment_attempt": None,
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_end": now,
        "period_start": now,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "starting_balance": 0,
        "status": "open",
        "status_transitions": {
            "finalized_at": now,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "subtotal": amount,
        "total": amount,
    }
