"""Variables for the mail templates: formatted values, and sanitized user-supplied text."""

from typing import Any

from adapters.mail.formatting import LocaleFormatter
from adapters.mail.sanitize import single_line
from application.mails.mail import AccountContent, BookingContent, PlanContent
from application.spaces.delete_space import SPACE_CLOSED
from domain.subscriptions import Subscription


def template_context(
    content: AccountContent | BookingContent | PlanContent, formatter: LocaleFormatter
) -> dict[str, Any]:
    """Return the template variables of a mail's subject matter."""
    match content:
        case AccountContent():
            return {"link": content.link}
        case BookingContent():
            return _booking_context(content, formatter)
        case PlanContent():
            return _plan_context(content.plan, formatter)


def _booking_context(content: BookingContent, formatter: LocaleFormatter) -> dict[str, Any]:
    booking = content.booking
    space_closed = booking.cancel_reason == SPACE_CLOSED
    return {
        "space": single_line(content.space_name),
        "period": formatter.period(booking.period),
        "price": formatter.money(booking.amount) if booking.amount else None,
        "covered_by_plan": booking.covered_by_plan,
        "to_pay": formatter.money(booking.amount) if booking.awaits_payment else None,
        "refund": formatter.money(content.refund) if content.refund else None,
        "was_paid": bool(booking.paid),
        "lapsed": booking.lapsed,
        "space_closed": space_closed,
        "reason": single_line(booking.cancel_reason or "") if not space_closed else "",
    }


def _plan_context(plan: Subscription, formatter: LocaleFormatter) -> dict[str, Any]:
    return {
        "plan": plan.plan_type.value,
        "renewed_on": formatter.day(plan.current_period.end),
        "ends_with_period": plan.cancel_at_period_end,
        "last_day": formatter.last_day(plan.current_period.end),
    }
