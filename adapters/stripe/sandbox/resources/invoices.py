"""Subscription invoices, one per billing period: `/v1/invoices`."""

from adapters.stripe.sandbox.account import Json, SandboxAccount
from adapters.stripe.sandbox.errors import invalid_state
from adapters.stripe.sandbox.params import Params
from adapters.stripe.sandbox.resources.payment_intents import (
    PaymentData,
    create_payment_intent,
    fail_payment,
    succeed_payment,
)
from adapters.stripe.sandbox.resources.products import product_name


def create_invoice(
    account: SandboxAccount, subscription: Json, *, reason: str, is_trial: bool
) -> Json:
    """Create and finalize the invoice for the current period; a trial's amount is 0."""
    customer = account.retrieve("customer", subscription["customer"])
    item = subscription["items"]["data"][0]
    amount = 0 if is_trial else item["price"]["unit_amount"] * item["quantity"]
    now = account.clock.now()
    invoice = account.add("invoice", "in", _defaults(amount, subscription["currency"], now))
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


def pay_invoice(account: SandboxAccount, params: Params, invoice_id: str) -> Json:
    """`POST /v1/invoices/{id}/pay`."""
    params.allow({"expand"})
    invoice = account.retrieve("invoice", invoice_id)
    if invoice["status"] != "open":
        raise invalid_state(f"Invoice is already {invoice['status']}", code="invoice_not_editable")
    collect_payment(account, invoice)
    return invoice


def collect_payment(account: SandboxAccount, invoice: Json) -> None:
    """Charge the customer's card, which accepts the charge, and mark the invoice as paid."""
    if invoice["amount_due"] == 0:
        mark_invoice_paid(account, invoice, None)
        return
    charge = succeed_payment(account, payment_intent_of(account, invoice))
    mark_invoice_paid(account, invoice, charge)


def decline_payment(account: SandboxAccount, invoice: Json) -> None:
    """Charge the customer's card, which declines the charge."""
    fail_payment(account, payment_intent_of(account, invoice))
    mark_payment_failed(account, invoice)


def mark_invoice_paid(account: SandboxAccount, invoice: Json, charge: Json | None) -> None:
    """Mark the invoice as paid, and its subscription as active if it was past due or unpaid.

    `charge` is None when nothing was due.
    """
    invoice |= {
        "amount_paid": invoice["amount_due"],
        "amount_remaining": 0,
        "attempted": True,
        "attempt_count": invoice["attempt_count"] + (charge is not None),
        "status": "paid",
        "next_payment_attempt": None,
    }
    invoice["status_transitions"]["paid_at"] = account.clock.now()
    if charge is not None:
        payment = account.private[invoice["id"]]
        payment |= {"payment_intent": charge["payment_intent"], "charge": charge["id"]}
        _add_invoice_payment(account, invoice)
    account.emit("invoice.paid", invoice)
    account.emit("invoice.payment_succeeded", invoice)
    subscription = account.retrieve("subscription", _subscription_id_of(invoice))
    if subscription["status"] in {"past_due", "unpaid", "incomplete"}:
        account.update("customer.subscription.updated", subscription, status="active")


def mark_payment_failed(account: SandboxAccount, invoice: Json) -> None:
    """Record a failed attempt: the invoice stays open, and its subscription becomes past due."""
    invoice |= {"attempted": True, "attempt_count": invoice["attempt_count"] + 1}
    account.emit("invoice.payment_failed", invoice)
    subscription = account.retrieve("subscription", _subscription_id_of(invoice))
    if subscription["status"] in {"active", "trialing"}:
        account.update("customer.subscription.updated", subscription, status="past_due")


def payment_intent_of(account: SandboxAccount, invoice: Json) -> Json:
    """Return the invoice's payment intent, which the first payment attempt creates."""
    payment = account.private[invoice["id"]]
    if "payment_intent" in payment:
        return account.retrieve("payment_intent", payment["payment_intent"])
    intent = create_payment_intent(
        account,
        PaymentData(
            amount=invoice["amount_due"],
            currency=invoice["currency"],
            customer=invoice["customer"],
            metadata={},
            description="Subscription update",
            email=invoice["customer_email"],
        ),
    )
    payment["payment_intent"] = intent["id"]
    return intent


def _subscription_id_of(invoice: Json) -> str:
    subscription_id: str = invoice["parent"]["subscription_details"]["subscription"]
    return subscription_id


def _add_invoice_payment(account: SandboxAccount, invoice: Json) -> None:
    """Link the invoice to the payment intent that paid it."""
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


def _lines(account: SandboxAccount, invoice: Json, subscription: Json, amount: int) -> Json:
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


def _defaults(amount: int, currency: str, now: int) -> Json:
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
