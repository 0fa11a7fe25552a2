"""Enqueuing the mail about a change of a member's plan."""

from datetime import datetime

from application.mails.enqueue_mail import enqueue_mail
from application.mails.mail import MailType
from application.ports.unit_of_work import UnitOfWork
from domain.ids import UserId
from domain.subscriptions import ProviderStatus, Subscription


def enqueue_plan_mail(
    uow: UnitOfWork, user_id: UserId, before: Subscription, after: Subscription, *, at: datetime
) -> None:
    """Enqueue the mail that the change from `before` to `after` calls for, if any."""
    mail_type = plan_mail_type(before, after)
    if mail_type is not None:
        which = f"{after.id}/{after.version}"
        enqueue_mail(uow, mail_type, which, at=at, subscription_id=after.id, user_id=user_id)


def plan_mail_type(before: Subscription, after: Subscription) -> MailType | None:
    """Return the mail that a change of the plan calls for; a mere renewal calls for none.

    It depends on the states of the plan, not on the events that report them, so each mail is sent
    once, in whatever order the events arrive.
    """
    if not after.has_started:
        return MailType.PLAN_ENDED if before.has_started else None
    if _is_overdue(after.provider_status) and not _is_overdue(before.provider_status):
        return MailType.PAYMENT_FAILED
    if not before.has_started:
        return MailType.PLAN_STARTED
    details = (before.plan_type, before.cancel_at_period_end)
    is_changed = details != (after.plan_type, after.cancel_at_period_end)
    return MailType.PLAN_CHANGED if is_changed else None


def _is_overdue(status: ProviderStatus | None) -> bool:
    return status is not None and status.is_payment_overdue
