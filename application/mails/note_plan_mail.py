"""Noting the mail about what has become of a member's plan."""

from datetime import datetime

from application.mails.note_mail import note_mail
from application.ports.mailer import Occasion
from application.ports.unit_of_work import UnitOfWork
from domain.ids import UserId
from domain.subscriptions import INCOMPLETE, UNPAID_STATES, Subscription


def note_plan_mail(
    uow: UnitOfWork, user_id: UserId, before: Subscription, after: Subscription, *, at: datetime
) -> None:
    """The mail that the step from the one to the other calls for, if it does."""
    occasion = plan_occasion(before, after)
    if occasion is not None:
        which = f"{after.id}/{after.version}"
        note_mail(uow, occasion, which, at=at, subscription_id=after.id, user_id=user_id)


def plan_occasion(before: Subscription, after: Subscription) -> Occasion | None:
    """What a member is to be told when their plan becomes another; nothing of a mere renewal.

    It goes by the states of the plan, not by the events that tell of them: so the same is told,
    once, in whatever order those arrive.
    """
    if not _counts(after):
        return Occasion.PLAN_ENDED if _counts(before) else None
    if after.stripe_status in UNPAID_STATES and before.stripe_status not in UNPAID_STATES:
        return Occasion.PAYMENT_FAILED
    if not _counts(before):
        return Occasion.PLAN_STARTED
    content = (before.plan_type, before.cancel_at_period_end)
    is_changed = content != (after.plan_type, after.cancel_at_period_end)
    return Occasion.PLAN_CHANGED if is_changed else None


def _counts(plan: Subscription) -> bool:
    """Whether it is the member's plan, and was so at Stripe's word: paid for, or on trial."""
    return plan.is_live and plan.stripe_status not in {None, INCOMPLETE}
