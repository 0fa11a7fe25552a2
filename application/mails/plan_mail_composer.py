"""PlanMailComposer: mails about plans."""

from uuid import UUID

from application.jobs.job import Job
from application.mails.mail import MailType, PlanContent
from application.mails.mail_composer import ComposedMail, user_id_of
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.ids import SubscriptionId
from domain.subscriptions import COVERING_STATUSES, Subscription, SubscriptionStatus


class PlanMailComposer:
    """Composes mails about a plan, unless its status has changed since."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, mail_type: MailType, job: Job) -> ComposedMail | None:
        user_id, plan_id = user_id_of(job), SubscriptionId(UUID(job.payload["subscription_id"]))
        async with self._unit_of_work() as uow:
            user = await uow.users.get(user_id)
            member = await uow.members.of_user(user_id)
            plans = await uow.subscriptions.of_member(member.id) if member else []
        plan = next((plan for plan in plans if plan.id == plan_id), None)
        if user is None or plan is None or not _is_current(mail_type, plan):
            return None
        return user, PlanContent(plan=plan)


def _is_current(mail_type: MailType, plan: Subscription) -> bool:
    match mail_type:
        case MailType.PAYMENT_FAILED:
            return plan.status is SubscriptionStatus.PAST_DUE
        case MailType.PLAN_ENDED:
            return not plan.is_live
        case MailType.PLAN_STARTED:
            return plan.status in COVERING_STATUSES
        case _:
            return plan.is_live
