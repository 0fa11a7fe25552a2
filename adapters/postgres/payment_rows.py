"""Between rows and the entities of payments, as `rows` does for all others."""

from typing import Any

from adapters.postgres.rows import Row
from domain.checkouts import Checkout, CheckoutStatus
from domain.ledger import EntryKind, LedgerEntry, ProviderPayment
from domain.money import Money
from domain.subscriptions import PlanType


def checkout_from(row: Row) -> Checkout:
    """A row of `checkouts`."""
    id_, user_id, booking_id, plan_type, amount, status, session_id, url, *rest = row
    expires_at, provider_subscription_id, version, created_at = rest
    return Checkout(
        id=id_,
        user_id=user_id,
        booking_id=booking_id,
        plan_type=None if plan_type is None else PlanType(plan_type),
        amount=None if amount is None else Money(amount),
        status=CheckoutStatus(status),
        session_id=session_id,
        url=url,
        expires_at=expires_at,
        provider_subscription_id=provider_subscription_id,
        version=version,
        created_at=created_at,
    )


def checkout_row(checkout: Checkout) -> dict[str, Any]:
    """The columns of `checkouts`."""
    return {
        "id": checkout.id,
        "user_id": checkout.user_id,
        "booking_id": checkout.booking_id,
        "plan_type": checkout.plan_type,
        "amount_cents": None if checkout.amount is None else checkout.amount.cents,
        "status": checkout.status,
        "session_id": checkout.session_id,
        "url": checkout.url,
        "expires_at": checkout.expires_at,
        "stripe_subscription_id": checkout.provider_subscription_id,
        "version": checkout.version,
        "created_at": checkout.created_at,
    }


def ledger_entry_from(row: Row) -> LedgerEntry:
    """A row of `ledger_entries`."""
    id_, kind, user_id, booking_id, space_id, subscription_id, invoice_id, *rest = row
    payment_id, amount, occurred_at, source = rest
    return LedgerEntry(
        id=id_,
        kind=EntryKind(kind),
        user_id=user_id,
        booking_id=booking_id,
        space_id=space_id,
        subscription_id=subscription_id,
        invoice_id=invoice_id,
        payment_id=payment_id,
        amount=Money(amount),
        occurred_at=occurred_at,
        source=source,
    )


def ledger_entry_row(entry: LedgerEntry) -> dict[str, Any]:
    """The columns of `ledger_entries`."""
    return {
        "id": entry.id,
        "kind": entry.kind,
        "user_id": entry.user_id,
        "booking_id": entry.booking_id,
        "space_id": entry.space_id,
        "subscription_id": entry.subscription_id,
        "invoice_id": entry.invoice_id,
        "payment_id": entry.payment_id,
        "amount_cents": entry.amount.cents,
        "occurred_at": entry.occurred_at,
        "source": entry.source,
    }


def payment_from(row: Row) -> ProviderPayment:
    """A row of `provider_payments`."""
    id_, refunded, version = row
    return ProviderPayment(id=id_, refunded=Money(refunded), version=version)


def payment_row(payment: ProviderPayment) -> dict[str, Any]:
    """The columns of `provider_payments`."""
    return {
        "id": payment.id,
        "refunded_cents": payment.refunded.cents,
        "version": payment.version,
    }
