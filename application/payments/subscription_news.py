"""What Stripe tells of subscriptions and their invoices, in whatever order."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from application.mails.note_plan_mail import note_plan_mail
from application.ports.ids import Ids
from application.ports.payment_gateway import CURRENCY, BillSnapshot, SubscriptionSnapshot
from application.ports.unit_of_work import Unavailable, UnitOfWork
from domain.ids import InvoiceId, LedgerEntryId, SubscriptionId, UserId
from domain.invoices import Invoice, InvoiceStatus
from domain.ledger import EntryKind, LedgerEntry, ProviderPayment
from domain.money import ZERO, Money
from domain.subscriptions import ENDED_AT_STRIPE, INCOMPLETE, Subscription, status_of
from domain.users import Member

_log = logging.getLogger(__name__)


class SubscriptionNews:
    """Notes in a unit of work what became of a subscription."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids

    async def note(
        self, uow: UnitOfWork, told: SubscriptionSnapshot, *, told_at: datetime, at: datetime
    ) -> None:
        """The subscription was as told at that time."""
        member = await _member(uow, told.customer_id, told.user_id)
        if member is None:
            _log.warning("Subscription %s belongs to no member.", told.id)
            return
        plans = await uow.subscriptions.of_member(member.id)
        known = next((one for one in plans if one.stripe_subscription_id == told.id), None)
        plan_type = told.plan_type or (known.plan_type if known else None)
        if plan_type is None:
            _log.error("Subscription %s is for a price that is no plan of the house.", told.id)
            return
        before = known or Subscription(
            id=SubscriptionId(self._ids.new()),
            member_id=member.id,
            plan_type=plan_type,
            status=status_of(told.status),
            stripe_subscription_id=told.id,
            current_period=told.period,
            cancel_at_period_end=told.cancel_at_period_end,
            version=0,
            created_at=at,
            updated_at=at,
        )
        after = before.with_status(told.status, told_at=told_at, at=at).with_content(
            plan_type=plan_type,
            current_period=told.period,
            cancel_at_period_end=told.cancel_at_period_end,
            told_at=told_at,
            at=at,
        )
        if after is not before:
            self._store(uow, member, before, after, plans, at)

    async def bill_failed(
        self, uow: UnitOfWork, bill: BillSnapshot, *, told_at: datetime, at: datetime
    ) -> None:
        """Stripe could not collect for a period."""
        found = await self._of_bill(uow, bill, at)
        if found is None:
            return
        member, plans, before = found
        after = before.with_status("past_due", told_at=told_at, at=at)
        if after is not before:
            self._store(uow, member, before, after, plans, at)

    async def bill_paid(self, uow: UnitOfWork, bill: BillSnapshot, *, at: datetime) -> None:
        """A period of a subscription was paid for; what costs nothing needs no invoice."""
        if not bill.amount_paid or await uow.ledger.of_source(bill.id) is not None:
            return
        if bill.currency != CURRENCY:
            _log.error("Stripe's invoice %s was paid in another currency.", bill.id)
            return
        found = await self._of_bill(uow, bill, at)
        if found is None:
            return
        member, plans, plan = found
        if plan.version == 0:
            self._store(uow, member, plan, replace(plan, version=1), plans, at)
        amount = Money(bill.amount_paid)
        back = min(await self._known_payment(uow, bill.id), amount)
        period = bill.period or plan.current_period
        name = (bill.plan_type or plan.plan_type).replace("_", " ").capitalize()
        invoice = Invoice(
            id=InvoiceId(self._ids.new()),
            user_id=member.user_id,
            booking_id=None,
            space_id=None,
            subscription_id=plan.id,
            amount=amount,
            refunded=back,
            status=InvoiceStatus.PAID,
            description=f"{name} plan, {period.start:%Y-%m-%d} to {period.end:%Y-%m-%d}",
            issued_at=bill.paid_at,
            paid_at=bill.paid_at,
        )
        uow.invoices.add(invoice)
        entry = LedgerEntry(
            id=LedgerEntryId(self._ids.new()),
            kind=EntryKind.CHARGE,
            user_id=member.user_id,
            booking_id=None,
            space_id=None,
            subscription_id=plan.id,
            invoice_id=invoice.id,
            payment_id=bill.id,
            amount=amount,
            occurred_at=bill.paid_at,
            source=bill.id,
        )
        uow.ledger.add(entry)
        if back:
            uow.ledger.add(
                replace(
                    entry,
                    id=LedgerEntryId(self._ids.new()),
                    kind=EntryKind.REFUND,
                    amount=back,
                    occurred_at=at,
                    source=f"{bill.id}:{back.cents}",
                )
            )

    async def _of_bill(
        self, uow: UnitOfWork, bill: BillSnapshot, at: datetime
    ) -> tuple[Member, Sequence[Subscription], Subscription] | None:
        """Whose it is, their plans, and the one it is for: version 0 when that is not stored yet.

        The news of the subscription itself may come later, and then says how it stands.
        """
        member = await _member(uow, bill.customer_id, bill.user_id)
        if member is None or bill.subscription_id is None:
            _log.warning("Stripe's invoice %s is for no plan of a member.", bill.id)
            return None
        plans = await uow.subscriptions.of_member(member.id)
        for plan in plans:
            if plan.stripe_subscription_id == bill.subscription_id:
                return member, plans, plan
        if bill.plan_type is None or bill.period is None:
            raise Unavailable("The subscription of an invoice is not known yet.")
        plan = Subscription(
            id=SubscriptionId(self._ids.new()),
            member_id=member.id,
            plan_type=bill.plan_type,
            status=status_of(INCOMPLETE),
            stripe_subscription_id=bill.subscription_id,
            current_period=bill.period,
            cancel_at_period_end=False,
            version=0,
            created_at=at,
            updated_at=at,
        )
        return member, plans, plan

    def _store(
        self,
        uow: UnitOfWork,
        member: Member,
        before: Subscription,
        after: Subscription,
        plans: Sequence[Subscription],
        at: datetime,
    ) -> None:
        """Store the next version, with one live plan a member: the first known one counts."""
        others = [one for one in plans if one.id != before.id]
        if after.is_live and any(one.is_live for one in others):
            _log.error("Member %s has two subscriptions at Stripe.", after.member_id)
            after = after.beside_another()
        after = replace(after, version=before.version + 1)
        if before.version:
            uow.subscriptions.save(after)
        else:
            uow.subscriptions.add(after)
        note_plan_mail(uow, member.user_id, before, after, at=at)
        if not after.is_live and before.is_live:
            waiting = [one for one in others if _waits(one)]
            for one in waiting[:1]:
                alone = replace(one.alone(), version=one.version + 1)
                uow.subscriptions.save(alone)
                note_plan_mail(uow, member.user_id, one, alone, at=at)

    async def _known_payment(self, uow: UnitOfWork, payment_id: str) -> Money:
        payment = await uow.ledger.payment(payment_id)
        if payment is None:
            uow.ledger.add_payment(ProviderPayment(id=payment_id))
            return ZERO
        uow.ledger.save_payment(payment.told(ZERO))
        return payment.refunded


def _waits(plan: Subscription) -> bool:
    return (
        not plan.is_live
        and plan.stripe_status is not None
        and plan.stripe_status not in ENDED_AT_STRIPE
    )


async def _member(uow: UnitOfWork, customer_id: str, user_id: UserId | None) -> Member | None:
    member = await uow.members.of_customer(customer_id)
    if member is None and user_id is not None:
        return await uow.members.of_user(user_id)
    return member
