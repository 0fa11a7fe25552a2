"""SubscriptionUpdateHandler: what follows when the provider reports on plans and bills."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from application.mails.enqueue_plan_mail import enqueue_plan_mail
from application.payments.payment_ledger import PaymentLedger
from application.ports.ids import Ids
from application.ports.payment_gateway import CURRENCY, BillSnapshot, SubscriptionSnapshot
from application.ports.unit_of_work import Unavailable, UnitOfWork
from domain.ids import InvoiceId, SubscriptionId, UserId
from domain.invoices import Invoice, InvoiceStatus
from domain.money import Money
from domain.period import Period
from domain.subscriptions import PlanType, ProviderStatus, Subscription
from domain.users import Member

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Billed:
    """Who a bill is for: the member, all their plans, and the plan that is billed.

    That plan has version 0 while it is not stored.
    """

    member: Member
    plans: Sequence[Subscription]
    plan: Subscription


class SubscriptionUpdateHandler:
    """Registers reports on subscriptions and bills in a unit of work, in any order."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._ledger = PaymentLedger(ids)

    async def handle(
        self,
        uow: UnitOfWork,
        snapshot: SubscriptionSnapshot,
        *,
        reported_at: datetime,
        at: datetime,
    ) -> None:
        """Update the subscription to the provider's state at `reported_at`."""
        member = await _member(uow, snapshot.customer_id, snapshot.user_id)
        if member is None:
            _log.warning("Subscription %s belongs to no member.", snapshot.id)
            return
        plans = await uow.subscriptions.of_member(member.id)
        stored = next(
            (plan for plan in plans if plan.provider_subscription_id == snapshot.id), None
        )
        plan_type = snapshot.plan_type or (stored.plan_type if stored else None)
        if plan_type is None:
            _log.error("Subscription %s has a price that belongs to no plan.", snapshot.id)
            return
        before = stored or self._new_plan(
            member,
            snapshot.id,
            plan_type,
            snapshot.period,
            status=snapshot.status,
            cancel_at_period_end=snapshot.cancel_at_period_end,
            at=at,
        )
        after = before.with_status(snapshot.status, reported_at=reported_at, at=at).with_details(
            plan_type=plan_type,
            current_period=snapshot.period,
            cancel_at_period_end=snapshot.cancel_at_period_end,
            reported_at=reported_at,
            at=at,
        )
        if after is not before:
            self._store(uow, member, before, after, plans, at)

    async def handle_failed_bill(
        self, uow: UnitOfWork, bill: BillSnapshot, *, reported_at: datetime, at: datetime
    ) -> None:
        """Mark the plan as past due: the provider could not collect the payment for a period."""
        billed = await self._billed(uow, bill, at)
        if billed is None:
            return
        before = billed.plan
        after = before.with_status(ProviderStatus.PAST_DUE, reported_at=reported_at, at=at)
        if after is not before:
            self._store(uow, billed.member, before, after, billed.plans, at)

    async def handle_paid_bill(self, uow: UnitOfWork, bill: BillSnapshot, *, at: datetime) -> None:
        """Register invoice and charge of a paid period, unless it cost nothing."""
        if not bill.amount_paid or await uow.ledger.of_source(bill.id) is not None:
            return
        if bill.currency != CURRENCY:
            _log.error("Bill %s was paid in another currency.", bill.id)
            return
        billed = await self._billed(uow, bill, at)
        if billed is None:
            return
        plan = billed.plan
        if plan.version == 0:
            self._store(uow, billed.member, plan, replace(plan, version=1), billed.plans, at)
        payment = await self._ledger.new_payment(uow, bill.id, Money(bill.amount_paid))
        refunded = min(payment.refunded, payment.amount)
        invoice = Invoice(
            id=InvoiceId(self._ids.new()),
            user_id=billed.member.user_id,
            booking_id=None,
            space_id=None,
            subscription_id=plan.id,
            amount=payment.amount,
            refunded=refunded,
            status=InvoiceStatus.PAID,
            description=_description(bill, plan),
            issued_at=bill.paid_at,
            paid_at=bill.paid_at,
        )
        uow.invoices.add(invoice)
        self._ledger.post_charge(
            uow,
            payment,
            user_id=billed.member.user_id,
            subscription_id=plan.id,
            invoice_id=invoice.id,
            refunded=refunded,
            charged_at=bill.paid_at,
            at=at,
        )

    async def _billed(self, uow: UnitOfWork, bill: BillSnapshot, at: datetime) -> _Billed | None:
        """Return who the bill is for; None, with a warning in the log, for an unknown customer.

        A report on the subscription itself may arrive after its first bill. Raises Unavailable when
        the subscription is not stored and the bill has too little to create it.
        """
        member = await _member(uow, bill.customer_id, bill.user_id)
        if member is None or bill.subscription_id is None:
            _log.warning("Bill %s is for no plan of a member.", bill.id)
            return None
        plans = await uow.subscriptions.of_member(member.id)
        for plan in plans:
            if plan.provider_subscription_id == bill.subscription_id:
                return _Billed(member, plans, plan)
        if bill.plan_type is None or bill.period is None:
            raise Unavailable("The subscription of an invoice is not known yet.")
        plan = self._new_plan(
            member,
            bill.subscription_id,
            bill.plan_type,
            bill.period,
            status=ProviderStatus.INCOMPLETE,
            cancel_at_period_end=False,
            at=at,
        )
        return _Billed(member, plans, plan)

    def _new_plan(
        self,
        member: Member,
        provider_subscription_id: str,
        plan_type: PlanType,
        period: Period,
        *,
        status: ProviderStatus,
        cancel_at_period_end: bool,
        at: datetime,
    ) -> Subscription:
        return Subscription(
            id=SubscriptionId(self._ids.new()),
            member_id=member.id,
            plan_type=plan_type,
            status=status.house_status,
            provider_subscription_id=provider_subscription_id,
            current_period=period,
            cancel_at_period_end=cancel_at_period_end,
            version=0,
            created_at=at,
            updated_at=at,
        )

    def _store(
        self,
        uow: UnitOfWork,
        member: Member,
        before: Subscription,
        after: Subscription,
        plans: Sequence[Subscription],
        at: datetime,
    ) -> None:
        """Register the plan's next version, with at most one live plan per member.

        A second live one is suspended; when the live one ends, a suspended one is reactivated.
        """
        others = [plan for plan in plans if plan.id != before.id]
        if after.is_live and any(plan.is_live for plan in others):
            _log.error("Member %s has two subscriptions at the provider.", after.member_id)
            after = after.suspended()
        after = replace(after, version=before.version + 1)
        if before.version:
            uow.subscriptions.save(after)
        else:
            uow.subscriptions.add(after)
        enqueue_plan_mail(uow, member.user_id, before, after, at=at)
        if before.is_live and not after.is_live:
            suspended = next((plan for plan in others if plan.is_suspended), None)
            if suspended is not None:
                reactivated = replace(suspended.reactivated(), version=suspended.version + 1)
                uow.subscriptions.save(reactivated)
                enqueue_plan_mail(uow, member.user_id, suspended, reactivated, at=at)


def _description(bill: BillSnapshot, plan: Subscription) -> str:
    period = bill.period or plan.current_period
    name = (bill.plan_type or plan.plan_type).replace("_", " ").capitalize()
    return f"{name} plan, {period.start:%Y-%m-%d} to {period.end:%Y-%m-%d}"


async def _member(uow: UnitOfWork, customer_id: str, user_id: UserId | None) -> Member | None:
    member = await uow.members.of_customer(customer_id)
    if member is None and user_id is not None:
        return await uow.members.of_user(user_id)
    return member
