"""Monthly recurring revenue: which subscriptions count at a time, and their monthly prices.

`adapters.postgres.read_models.revenue_report` states the same rules in SQL.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.ids import SubscriptionId
from domain.invoices import Invoice, InvoiceStatus
from domain.money import ZERO, Money
from domain.subscriptions import Subscription, SubscriptionStatus


def ended_at(subscription: Subscription) -> datetime | None:
    """Return when it ended: at its cancellation or the end of its period; None if it has not."""
    if subscription.status is not SubscriptionStatus.CANCELLED:
        return None
    return min(subscription.updated_at, subscription.current_period.end)


def is_live_at(subscription: Subscription, instant: datetime) -> bool:
    """Whether it began before that time and had not ended by then."""
    ended = ended_at(subscription)
    return subscription.created_at < instant and (ended is None or ended >= instant)


def counts_for_mrr(subscription: Subscription, instant: datetime) -> bool:
    """Whether it counts as recurring revenue at that time: it is live, and not on trial."""
    is_trial = subscription.status is SubscriptionStatus.TRIALING
    return is_live_at(subscription, instant) and not is_trial


def monthly_price(invoices: Sequence[Invoice], instant: datetime) -> Money:
    """Return the amount of the subscription's last invoice issued before that time.

    Without one, the first invoice after it counts; ties go to the lower id. VOID invoices do not
    count; without any other the price is zero.
    """
    billed = [invoice for invoice in invoices if invoice.status is not InvoiceStatus.VOID]
    if not billed:
        return ZERO
    earlier = [invoice for invoice in billed if invoice.issued_at < instant]
    if not earlier:
        return min(billed, key=lambda invoice: (invoice.issued_at, invoice.id)).amount
    latest = max(invoice.issued_at for invoice in earlier)
    at_latest = (invoice for invoice in earlier if invoice.issued_at == latest)
    return min(at_latest, key=lambda invoice: invoice.id).amount


def monthly_recurring_revenue(
    subscriptions: Iterable[Subscription], invoices: Iterable[Invoice], instant: datetime
) -> Money:
    """Return the sum of the monthly prices of all subscriptions that count at that time."""
    counted = {
        subscription.id for subscription in subscriptions if counts_for_mrr(subscription, instant)
    }
    billed: dict[SubscriptionId, list[Invoice]] = defaultdict(list)
    for invoice in invoices:
        if invoice.subscription_id in counted and invoice.subscription_id is not None:
            billed[invoice.subscription_id].append(invoice)
    return sum((monthly_price(issued, instant) for issued in billed.values()), ZERO)
